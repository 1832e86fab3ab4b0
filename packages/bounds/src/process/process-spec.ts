import type { Duplex } from "node:stream";
import type { EndedBy, Limits } from "@stage6/evidence-interface";
import type { Survivor } from "./find-survivors.ts";
import type { PeakUsage } from "./watch-usage.ts";

/** One process to run within limits. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  /** Working directory, which must belong to this run alone: new processes found in it are ended. */
  readonly cwd: string;
  /** The whole environment; only `RUN_MARKER` is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Text for standard input, null for none at all. */
  readonly stdin: string | null;
  /** Memory and disk are watched from outside, several times a second: a run may go past them before it is ended. */
  readonly limits: Pick<
    Limits,
    "totalMs" | "idleMs" | "outputBytes" | "lineBytes" | "diskBytes" | "memoryBytes"
  >;
  /** Absolute path of a file that does not exist yet; receives every byte of standard output. */
  readonly stdoutFile: string;
  /** The same for standard error. */
  readonly stderrFile: string;
  /** Other directories that belong to this run alone. */
  readonly ownDirs?: readonly string[];
  /** Called with each chunk once it is in its file. */
  readonly onChunk?: (stream: "stdout" | "stderr", chunk: Uint8Array) => void;
  /** Operator's interrupt. */
  readonly signal?: AbortSignal;
  /** Aborted when the run has used up its model requests. */
  readonly requestLimit?: AbortSignal;
  /** Aborted when the run has used up its tool calls. */
  readonly toolLimit?: AbortSignal;
  /** Time of the latest model traffic as `Date.now()` tells it; counts as activity. */
  readonly activity?: () => number;
  /** Asked several times a second and after the end: whether the kernel ended a process of the run for its memory. */
  readonly ranOutOfMemory?: () => Promise<boolean>;
  /** Value of `RUN_MARKER`, for a caller that hands it on itself; random when left out. */
  readonly marker?: string;
  /** Open files that the process gets as descriptors 3 and up, which the caller closes; `pipe` makes a socket. */
  readonly passFds?: readonly (number | "ignore" | "pipe")[];
  /** Gets the harness's end of the socket among `passFds`. */
  readonly onChannel?: (channel: Duplex) => void;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

/** How a supervised process ended; a limit or a failed start is data, not an exception. */
export interface ProcessEnd {
  /** Null when a signal ended it, it never started, or it could not be ended. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly endedBy: EndedBy;
  /** Milliseconds from start to exit, whole. */
  readonly durationMs: number;
  /** Bytes in the file of standard output. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** Processes of the run that were alive after its main process; each was sent SIGKILL. */
  readonly survivors: readonly Survivor[];
  /** Most memory and disk that was seen, as far as they are limited. */
  readonly peak: PeakUsage;
  readonly spawnError: { readonly code: string; readonly message: string } | null;
}
