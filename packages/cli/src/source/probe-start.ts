import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "@stage6/bounds";
import type { StartProbe } from "@stage6/eligibility";
import { sha256, type Timestamp } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import type { LocatedBackend } from "@stage6/runner";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 1024 * 1024;

/** Starts the program of a lane once, as its probe does: in an empty folder, with an empty home. */
export async function probeStart(
  lane: Lane,
  backend: LocatedBackend,
  probedAt: Timestamp,
): Promise<StartProbe> {
  const command = [backend.executable, ...backend.args, ...lane.probe.args];
  const { exitCode, stdout, stderr } = await runOnce(command);
  const read = lane.probe.read({ exitCode, signal: null, stdout, stderr });
  return {
    // Where the operator keeps the program is nobody's business who reads the record.
    argv: [lane.id, ...lane.probe.args],
    exitCode,
    outputSha256: sha256(stdout),
    version: read.state === "available" ? read.version : null,
    probedAt,
    verdict: read.state === "available" && exitCode === 0 ? "started" : "failed",
  };
}

/** First line that a runtime prints for `--version`; null when it cannot be started or fails. */
export async function versionOf(runtime: string): Promise<string | null> {
  const { exitCode, stdout } = await runOnce([runtime, "--version"]).catch(() => NOTHING);
  const line = stdout.toString("utf8").split("\n", 1)[0]?.trim() ?? "";
  return exitCode === 0 && line !== "" ? line.slice(0, 200) : null;
}

const NOTHING = { exitCode: null, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

async function runOnce(argv: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), "stage6-start-"));
  try {
    const env = {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: folder,
      TMPDIR: folder,
      LANG: "C.UTF-8",
    };
    return await runTool(argv, { cwd: folder, env, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
