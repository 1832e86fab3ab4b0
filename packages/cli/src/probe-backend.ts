import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { ApplicabilityRecord } from "@stage6/comparator";
import { sha256, type Timestamp } from "@stage6/evidence-interface";
import { installationOf, locateBackend, runBackendTool, startBounds } from "@stage6/runner";
import { LANES } from "./lane-catalog.ts";
import { placesOf, type ProbePlaces } from "./probe-lanes.ts";

const LIMITS = { timeoutMs: 60_000, maxBytes: 1024 * 1024 };
const NOTHING = { exitCode: null, stdout: new Uint8Array(), stderr: new Uint8Array() };

/**
 * Runs the command that would start a lane's backend, in the bounds of a probe, and keeps how it went. Where no backend of
 * the lane is found, the command is the lane's own name, looked for on PATH: a backend that answers there is not missing.
 */
export async function probeBackend(
  lane: string,
  places: ProbePlaces,
  now: Timestamp,
): Promise<ApplicabilityRecord["probe"]> {
  const known = LANES.find(({ id }) => id === lane)?.lane ?? null;
  const located = known === null ? null : await locateBackend(known, await placesOf(lane, places));
  const args = known?.probe.args ?? ["--version"];
  const backend = located?.ok === true ? located.backend : await findOnPath(lane, process.env["PATH"] ?? "");
  const argv = [...(backend === null ? [lane] : [backend.executable, ...backend.args]), ...args];
  const { driver } = await startBounds();
  const { exitCode, stdout, stderr } =
    backend === null ? NOTHING : await runBackendTool(driver, backend, argv, LIMITS).catch(() => NOTHING);
  return {
    argv: backend === null || located?.ok === true ? argv : [lane, ...args],
    exitCode,
    stdoutSha256: sha256(stdout),
    stderrSha256: sha256(stderr),
    probedAt: now,
  };
}

/** A program on a search path, and what it needs to see of itself; null when there is none of that name. */
async function findOnPath(name: string, searchPath: string) {
  for (const folder of searchPath.split(":")) {
    const executable = join(folder, name);
    if (!isAbsolute(folder) || !(await isProgram(executable))) continue;
    const real = await realpath(executable);
    return { executable: real, args: [], installation: [installationOf(real)] };
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
