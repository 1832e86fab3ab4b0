import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "@stage6/bounds";
import { sha256, type Timestamp } from "@stage6/evidence-interface";
import { locateBackend } from "@stage6/runner";
import type { ApplicabilityRecord } from "@stage6/comparator";
import { LANES } from "./lane-catalog.ts";
import { placesOf, type ProbePlaces } from "./probe-lanes.ts";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 1024 * 1024;

/**
 * Runs the command that would start a lane's backend, and keeps how it went. Where no backend of the lane is found, the
 * command is the lane's own name, looked for on PATH: a backend that answers there is not missing.
 */
export async function probeBackend(
  lane: string,
  places: ProbePlaces,
  now: Timestamp,
): Promise<ApplicabilityRecord["probe"]> {
  const known = LANES.find(({ id }) => id === lane)?.lane ?? null;
  const located = known === null ? null : await locateBackend(known, await placesOf(lane, places));
  const args = known?.probe.args ?? ["--version"];
  const argv =
    located?.ok === true ? [located.backend.executable, ...located.backend.args, ...args] : [lane, ...args];
  const { exitCode, stdout, stderr } = await tryOut(argv);
  return { argv, exitCode, stdoutSha256: sha256(stdout), stderrSha256: sha256(stderr), probedAt: now };
}

/** What a command did in an empty folder with an empty home; exit code null when it could not be started or was ended. */
async function tryOut(
  argv: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly stdout: Uint8Array; readonly stderr: Uint8Array }> {
  const folder = await mkdtemp(join(tmpdir(), "stage6-probe-"));
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: folder,
    TMPDIR: folder,
    LANG: "C.UTF-8",
  };
  try {
    return await runTool(argv, { cwd: folder, env, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  } catch {
    return { exitCode: null, stdout: new Uint8Array(), stderr: new Uint8Array() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
