import type { SourceObservation } from "@stage6/eligibility";
import { SCHEMA_VERSION, type Timestamp } from "@stage6/evidence-interface";
import { locateBackend } from "@stage6/runner";
import { LANES } from "./lane-catalog.ts";
import { placesOf, type ProbePlaces } from "./probe-lanes.ts";

/** Looks at the program that a lane would start: its digest, or null when there is none to read. Starts nothing. */
export async function observeSource(
  lane: string,
  places: ProbePlaces,
  moment: SourceObservation["moment"],
  observedAt: Timestamp,
): Promise<SourceObservation> {
  const known = LANES.find(({ id }) => id === lane)?.lane ?? null;
  const located = known === null ? null : await locateBackend(known, await placesOf(lane, places));
  return {
    schemaVersion: SCHEMA_VERSION,
    moment,
    observedAt,
    gitCommit: null,
    gitTree: null,
    changed: [],
    extra: [],
    binarySha256: located?.ok === true ? located.backend.sha256 : null,
    lockfiles: [],
    runtimeSha256: null,
  };
}
