import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { BoundsError } from "../bounds-error.ts";
import { signalGroup } from "../process/end-group.ts";
import { channelOf } from "../process/start-child.ts";
import { within } from "../process/within.ts";

/** Where and how long a trusted command may run. */
export interface ToolOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Most bytes kept of stdout and of stderr each; a command that writes more is ended. */
  readonly maxBytes: number;
  /** Open files that the command gets as descriptors 3 and up, which the caller closes; `pipe` makes a socket. */
  readonly passFds?: readonly (number | "ignore" | "pipe")[];
  /** Gets the harness's end of the socket among `passFds`. */
  readonly onChannel?: (channel: Duplex) => void;
}

/** What a trusted command did. */
export interface ToolResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
  /** Whether output was cut at `maxBytes`. */
  readonly truncated: boolean;
}

/** How long to wait for the last output, or for a killed process to go. */
const SETTLE_MS = 2000;

/**
 * Runs a command the harness trusts, such as git on its own repositories, without input and with a deadline. Throws
 * {@link BoundsError} `TOOL_NOT_STARTED` when it cannot be started; a failing exit code is a result.
 */
export async function runTool(argv: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const [file = "", ...args] = argv;
  const { cwd, env, timeoutMs, maxBytes } = options;
  const { promise: ended, resolve: end, reject } = withResolvers<number | null>();
  const { child, ...pipes } = spawnOrThrow(file, args, cwd, env, options.passFds ?? []);
  const channel = channelOf(child);
  if (channel !== null) options.onChannel?.(channel);
  child.once("exit", end);
  child.once("error", (error) => reject(new BoundsError("TOOL_NOT_STARTED", `cannot start ${file}`, error)));
  const stop = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  };
  const stdout = collect(pipes.stdout, maxBytes, stop);
  const stderr = collect(pipes.stderr, maxBytes, stop);
  const exited = ended.then((exitCode) => ({ exitCode }));
  try {
    const inTime = await within(exited, timeoutMs);
    if (inTime === null) stop();
    const exit = inTime ?? (await within(exited, SETTLE_MS));
    await within(Promise.all([stdout.done, stderr.done]), SETTLE_MS);
    return {
      exitCode: exit?.exitCode ?? null,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      timedOut: inTime === null,
      truncated: stdout.cut() || stderr.cut(),
    };
  } finally {
    pipes.stdout.destroy();
    pipes.stderr.destroy();
    channel?.destroy();
  }
}

function spawnOrThrow(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  passFds: readonly (number | "ignore" | "pipe")[],
): { readonly child: ChildProcess; readonly stdout: Readable; readonly stderr: Readable } {
  try {
    const child = spawn(file, args, {
      cwd,
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe", ...passFds],
      detached: true,
    });
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new TypeError("no pipes");
    return { child, stdout, stderr };
  } catch (error) {
    throw new BoundsError("TOOL_NOT_STARTED", `cannot start ${file}`, error);
  }
}

function collect(stream: Readable, maxBytes: number, onFull: () => void) {
  const chunks: Buffer[] = [];
  let left = maxBytes;
  let cut = false;
  stream.on("data", (chunk: Buffer) => {
    if (chunk.length > left) {
      cut = true;
      onFull();
    }
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left = Math.max(0, left - chunk.length);
  });
  const done = new Promise<void>((resolve) => {
    stream.on("close", resolve);
    stream.on("error", () => resolve());
  });
  return { done, bytes: () => Buffer.concat(chunks), cut: () => cut };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
