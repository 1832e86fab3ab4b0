import type { StrictDriver } from "@stage6/bounds";
import type { StartProbe } from "@stage6/eligibility";
import { sha256, type Timestamp } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { runBackendTool, type LocatedBackend } from "@stage6/runner";

const LIMITS = { timeoutMs: 60_000, maxBytes: 1024 * 1024 };
/** A version that can be shown as it is. */
const VERSION = /^[\x20-\x7e]{1,200}$/u;

/** Starts the program of a lane once, as its probe does and in the same bounds. Throws BoundsError when it cannot be started. */
export async function probeStart(
  lane: Lane,
  backend: LocatedBackend,
  driver: StrictDriver | null,
  probedAt: Timestamp,
): Promise<StartProbe> {
  const command = [backend.executable, ...backend.args, ...lane.probe.args];
  const { exitCode, stdout, stderr, confined, fault } = await runBackendTool(
    driver,
    backend,
    command,
    LIMITS,
  );
  const read = lane.probe.read({ exitCode, signal: null, stdout, stderr });
  const version = read.state === "available" && fault === null ? read.version : null;
  return {
    // Where the operator keeps the program is not for the reader of the record.
    argv: [lane.id, ...lane.probe.args],
    exitCode,
    outputSha256: sha256(stdout),
    version,
    bounds: confined ? "strict" : "none",
    probedAt,
    verdict: version !== null && exitCode === 0 ? "started" : "failed",
  };
}

/** First line that a runtime prints for `--version`, in the same bounds; null when it cannot be started, fails, or prints what is no version. */
export async function versionOf(runtime: string, driver: StrictDriver | null): Promise<string | null> {
  const command = [runtime, "--version"];
  const ran = await runBackendTool(driver, { installation: [runtime] }, command, LIMITS).catch(() => null);
  if (ran === null || ran.exitCode !== 0 || ran.fault !== null) return null;
  const line = Buffer.from(ran.stdout).toString("utf8").split("\n", 1)[0]?.trim() ?? "";
  return VERSION.test(line) ? line : null;
}
