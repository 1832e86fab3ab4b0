import { join } from "node:path";
import {
  locateBackend,
  probeLane,
  type BackendPlaces,
  type LaneCandidate,
  type ProtectedTree,
  startBounds,
  type StartBounds,
} from "@stage6/runner";
import { readPin } from "./backend-pin.ts";
import { LANES, type CatalogLane } from "./lane-catalog.ts";

/** Where this user's backends are. */
export interface ProbePlaces {
  /** Folder of installed backends. */
  readonly backends: string;
  /** Operator's own binaries by lane, from harness.json. */
  readonly configured: Readonly<Record<string, string>>;
  /** The operator's environment, for backends that only variables name. */
  readonly env: NodeJS.ProcessEnv;
  /** Trees of harness.json that a backend may not change while it is asked for its version. */
  readonly protectedTrees: readonly ProtectedTree[];
}

/** Places to look for one lane's backend. */
export async function placesOf(lane: string, places: ProbePlaces): Promise<BackendPlaces> {
  const pin = await readPin(lane);
  return {
    configured: places.configured[lane] ?? null,
    backendsDir: pin === null ? places.backends : join(places.backends, pin.lockId),
    env: places.env,
  };
}

/** Whether a lane's backend still has to be installed before it can be probed. */
export async function isMissing(lane: string, places: ProbePlaces): Promise<boolean> {
  const known = LANES.find(({ id }) => id === lane);
  if (known === undefined) return false;
  const located = await locateBackend(known.lane, await placesOf(lane, places));
  return !located.ok && located.code === "BACKEND_MISSING" && (places.configured[lane] ?? null) === null;
}

async function probeOne(
  known: CatalogLane,
  selected: readonly string[] | null,
  places: ProbePlaces,
  bounds: StartBounds,
): Promise<LaneCandidate> {
  if (selected !== null && !selected.includes(known.id)) {
    const { id } = known;
    return {
      kind: "blocked",
      id,
      code: "NOT_SELECTED",
      detail: `the ${id} lane was not selected`,
      remedy: `Add ${id} to --lanes, or leave --lanes out.`,
    };
  }
  return {
    kind: "probed",
    lane: known.lane,
    probed: await probeLane(known.lane, await placesOf(known.id, places), bounds),
  };
}

/** Probes the selected lanes (null: all of them); every lane of the catalog is in the answer, in its order. */
export async function probeLanes(
  selected: readonly string[] | null,
  places: ProbePlaces,
): Promise<LaneCandidate[]> {
  const bounds = await startBounds(places.protectedTrees);
  if (bounds.driver !== null)
    return Promise.all(LANES.map((known) => probeOne(known, selected, places, bounds)));
  const found: LaneCandidate[] = [];
  // One after the other: a protected tree that changes has to name the lane that was asked.
  for (const known of LANES) found.push(await probeOne(known, selected, places, bounds));
  return found;
}
