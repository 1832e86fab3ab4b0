import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BoundsError, runBoundedTool, superviseProcess, type StrictDriver } from "@stage6/bounds";
import type { LocatedBackend } from "./locate-backend.ts";
import { toolPath } from "./tool-path.ts";

/** How long a start of backend code outside of a trial may take, and how much it may print. */
export interface BackendToolLimits {
  readonly timeoutMs: number;
  /** Most bytes of stdout and of stderr each. */
  readonly maxBytes: number;
}

/** What code of a backend did when it was started outside of a trial. */
export interface BackendToolResult {
  /** Null when a signal or a limit ended it. */
  readonly exitCode: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Whether strict bounds held it. */
  readonly confined: boolean;
  /** Why its words are no answer, as the rest of a sentence; null when it ended by itself and left nothing running. */
  readonly fault: string | null;
}

/** Folder that the command stands in, inside the bounds: empty, and gone with them. */
const INNER_HOME = "/tmp/stage6-empty";
/** Makes the empty folder and becomes the command. */
const ENTER = 'mkdir "$HOME" && cd "$HOME" && exec "$@"';
const GRACE_MS = 500;

/**
 * Starts code of a backend outside of a trial: to ask its version, for one. Where the host can, it runs in the strict bounds
 * without a door: no network, no folder of the operator but the backend's own installation, read-only, and an empty home in
 * the sandbox's own temp folder. Where the host cannot (`driver` null) it runs with the harness's rights in an empty folder,
 * and what it leaves running is ended. Throws {@link BoundsError} when it or the sandbox could not be started.
 */
export async function runBackendTool(
  driver: StrictDriver | null,
  { installation }: Pick<LocatedBackend, "installation">,
  argv: readonly string[],
  limits: BackendToolLimits,
): Promise<BackendToolResult> {
  const folder = await mkdtemp(join(tmpdir(), "stage6-start-"));
  try {
    if (driver === null) {
      const home = join(folder, "home");
      await mkdir(home);
      return await superviseTool(folder, argv, { ...limits, cwd: home, env: environment(home) });
    }
    return await runConfined(driver, installation, folder, argv, limits);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The whole environment of a start: nothing of the operator's but the search path. */
const environment = (home: string): Record<string, string> => ({
  PATH: toolPath(),
  HOME: home,
  TMPDIR: home,
  LANG: "C.UTF-8",
});

async function runConfined(
  driver: StrictDriver,
  installation: readonly string[],
  folder: string,
  argv: readonly string[],
  limits: BackendToolLimits,
): Promise<BackendToolResult> {
  const mounts = installation.map((path) => ({ path, writable: false }));
  const command = ["/bin/sh", "-c", ENTER, "stage6-start", ...argv];
  const options = { ...limits, cwd: "/", env: environment(INNER_HOME) };
  const result = await runBoundedTool({ ...driver, mounts }, command, options, folder);
  const { exitCode, stdout, stderr, timedOut, truncated, failure } = result;
  if (failure !== null)
    throw new BoundsError("STRICT_NOT_STARTED", `the sandbox for a start of the backend: ${failure}`);
  return { exitCode, stdout, stderr, confined: true, fault: cutShort(timedOut, truncated, limits) };
}

function cutShort(timedOut: boolean, truncated: boolean, limits: BackendToolLimits): string | null {
  if (timedOut) return `it did not end within ${limits.timeoutMs / 1000} s`;
  return truncated ? `it printed more than ${limits.maxBytes} bytes` : null;
}

/**
 * Runs backend code with the harness's rights and ends what it leaves running; `notes` is a folder that holds no output yet.
 * Throws {@link BoundsError} `TOOL_NOT_STARTED`.
 */
export async function superviseTool(
  notes: string,
  argv: readonly string[],
  options: BackendToolLimits & { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<BackendToolResult> {
  const [stdoutFile, stderrFile] = [join(notes, "stdout"), join(notes, "stderr")];
  const { timeoutMs, maxBytes, cwd, env } = options;
  const end = await superviseProcess({
    argv,
    cwd,
    env,
    stdin: null,
    limits: { totalMs: timeoutMs, idleMs: timeoutMs, outputBytes: maxBytes, lineBytes: maxBytes },
    stdoutFile,
    stderrFile,
    graceMs: GRACE_MS,
  });
  if (end.spawnError !== null)
    throw new BoundsError("TOOL_NOT_STARTED", "the backend could not be started", end.spawnError);
  const timedOut = end.endedBy === "total-limit" || end.endedBy === "idle-limit";
  const truncated = end.endedBy === "output-limit" || end.endedBy === "line-limit";
  const left = end.survivors.length;
  return {
    exitCode: end.exitCode,
    stdout: (await readFile(stdoutFile)).subarray(0, maxBytes),
    stderr: (await readFile(stderrFile)).subarray(0, maxBytes),
    confined: false,
    fault:
      cutShort(timedOut, truncated, options) ?? (left === 0 ? null : `it left ${left} processes running`),
  };
}
