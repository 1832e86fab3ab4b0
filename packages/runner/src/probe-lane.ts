import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "@stage6/bounds";
import type { BlockReason } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { locateBackend, type BackendPlaces, type LocatedBackend } from "./locate-backend.ts";

/** What a probe found: a lane that can run here, or why not. */
export type ProbedLane =
  | {
      readonly lane: string;
      readonly state: "available";
      readonly version: string;
      readonly note: string | null;
      readonly backend: LocatedBackend;
    }
  | {
      readonly lane: string;
      readonly state: "blocked";
      readonly code: BlockReason;
      readonly detail: string;
      readonly remedy: string;
    };

const PROBE_TIMEOUT_MS = 60_000;

/** Finds a lane's backend and asks its version, in an empty folder with an empty home. Never throws for a bad backend. */
export async function probeLane(lane: Lane, places: BackendPlaces): Promise<ProbedLane> {
  const located = await locateBackend(lane, places);
  if (!located.ok)
    return {
      lane: lane.id,
      state: "blocked",
      code: located.code,
      detail: located.detail,
      remedy: located.remedy,
    };
  const { backend } = located;
  const folder = await mkdtemp(join(tmpdir(), "stage6-probe-"));
  try {
    const env = {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: folder,
      TMPDIR: folder,
      LANG: "C.UTF-8",
    };
    const result = await runTool([backend.executable, ...backend.args, ...lane.probe.args], {
      cwd: folder,
      env,
      timeoutMs: PROBE_TIMEOUT_MS,
      maxBytes: 1024 * 1024,
    });
    const read = lane.probe.read({
      exitCode: result.exitCode,
      signal: null,
      stdout: result.stdout,
      stderr: result.stderr,
    });
    if (read.state === "blocked")
      return { lane: lane.id, state: "blocked", code: read.code, detail: read.detail, remedy: read.remedy };
    return { lane: lane.id, state: "available", version: read.version, note: read.note, backend };
  } catch {
    return {
      lane: lane.id,
      state: "blocked",
      code: "PROBE_FAILED",
      detail: `the ${lane.id} backend could not be started`,
      remedy: "Check that the file is an executable of this platform.",
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
