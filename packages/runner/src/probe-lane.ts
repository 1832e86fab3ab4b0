import type { BlockReason } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { locateBackend, type BackendPlaces, type LocatedBackend } from "./locate-backend.ts";
import { changedTrees, readProtectedTrees, type ProtectedTree } from "./protected-trees.ts";
import { runBackendTool, type BackendToolResult } from "./run-backend-tool.ts";
import { startBounds, type StartBounds } from "./start-bounds.ts";

/** What a probe found: a lane that can run here, or why not. */
export type ProbedLane =
  | {
      readonly lane: string;
      readonly state: "available";
      readonly version: string;
      readonly note: string | null;
      readonly backend: LocatedBackend;
      /** Whether strict bounds held the backend while it printed its version. */
      readonly confined: boolean;
    }
  | {
      readonly lane: string;
      readonly state: "blocked";
      readonly code: BlockReason;
      readonly detail: string;
      readonly remedy: string;
      /** Whether strict bounds held the backend; null when nothing of it was started. */
      readonly confined: boolean | null;
    };

const PROBE_LIMITS = { timeoutMs: 60_000, maxBytes: 1024 * 1024 };

/**
 * Finds a lane's backend and asks its version, in the strict bounds where the host has them; `bounds` are those of this host
 * when left out. Never throws for a bad backend.
 */
export async function probeLane(
  lane: Lane,
  places: BackendPlaces,
  bounds?: StartBounds,
): Promise<ProbedLane> {
  const located = await locateBackend(lane, places);
  const blocked = (code: BlockReason, detail: string, remedy: string, confined: boolean | null) =>
    ({ lane: lane.id, state: "blocked", code, detail, remedy, confined }) as const;
  if (!located.ok) return blocked(located.code, located.detail, located.remedy, null);
  const { backend } = located;
  const within = bounds ?? (await startBounds());
  const confined = within.driver !== null;
  const notStarted = () =>
    blocked(
      "PROBE_FAILED",
      `the ${lane.id} backend could not be started${confined ? HELD : ""}`,
      "Check that the file is an executable of this platform, and that it needs nothing but itself and the system.",
      confined,
    );
  try {
    const { result, changed } = await askBackend(lane, backend, within);
    if (changed.length > 0)
      return blocked(
        "PROBE_TRESPASSED",
        `while the ${lane.id} backend was asked for its version, unconfined, protected trees changed: ${changed.join(", ")}`,
        "Look at what it did, and bring the trees back; probe again on a host with strict bounds.",
        confined,
      );
    const { exitCode, stdout, stderr, fault } = result;
    if (fault !== null)
      return blocked(
        "PROBE_FAILED",
        `the ${lane.id} backend was asked for its version and ${fault}`,
        "Name a backend that answers its probe and ends.",
        confined,
      );
    // In the bounds a shell starts the backend, and says with these codes that it could not.
    if (confined && (exitCode === 126 || exitCode === 127)) return notStarted();
    const read = lane.probe.read({ exitCode, signal: null, stdout, stderr });
    if (read.state === "available")
      return { lane: lane.id, state: "available", version: read.version, note: read.note, backend, confined };
    return blocked(read.code, `${read.detail}${confined ? HELD : ""}`, read.remedy, confined);
  } catch {
    return notStarted();
  }
}

/** What a reader has to know of a start that failed: the reason may be the bounds. */
const HELD = " (in strict bounds: no network, and nothing to be seen but the system and its installation)";

/** Asks for the version; without a driver the protected trees are read on both sides of it. */
async function askBackend(
  lane: Lane,
  backend: LocatedBackend,
  { driver, protectedTrees }: StartBounds,
): Promise<{ readonly result: BackendToolResult; readonly changed: readonly string[] }> {
  const argv = [backend.executable, ...backend.args, ...lane.probe.args];
  return watchTrees(driver === null ? protectedTrees : [], () =>
    runBackendTool(driver, backend, argv, PROBE_LIMITS),
  );
}

async function watchTrees(
  trees: readonly ProtectedTree[],
  start: () => Promise<BackendToolResult>,
): Promise<{ readonly result: BackendToolResult; readonly changed: readonly string[] }> {
  const before = await readProtectedTrees(trees);
  const result = await start();
  return { result, changed: changedTrees(before, await readProtectedTrees(trees)) };
}
