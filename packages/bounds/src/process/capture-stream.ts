import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";

/** Limits of one output stream, in bytes. */
export interface CaptureLimits {
  readonly outputBytes: number;
  readonly lineBytes: number;
}

/** What a capture tells while it runs. */
export interface CaptureHooks {
  readonly onChunk: (chunk: Uint8Array) => void;
  readonly onLimit: (limit: "output-limit" | "line-limit") => void;
  /** A write failed or a hook threw: the capture has stopped. */
  readonly onFailure: (error: unknown) => void;
}

/** One output stream on its way into a file. */
export interface Capture {
  /** Bytes in the file so far. */
  readonly bytes: () => number;
  /** Settles when the stream has ended, or the capture has stopped, and every accepted byte is in the file. */
  readonly done: Promise<void>;
  /** Takes no more bytes, lets go of the stream and waits for the file. */
  readonly stop: () => Promise<void>;
}

/**
 * Writes a stream to a file, chunk by chunk: the next chunk is read only when the last is written, so memory stays
 * flat. The chunk that crosses a limit is kept whole, and nothing after it is read.
 */
export function captureStream(
  stream: Readable,
  file: Pick<FileHandle, "appendFile">,
  limits: CaptureLimits,
  hooks: CaptureHooks,
): Capture {
  let bytes = 0;
  let line = 0;
  let stopped = false;
  let writing = Promise.resolve();
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finish = () => void writing.then(resolve);
  });

  const accept = async (chunk: Buffer): Promise<void> => {
    await file.appendFile(chunk);
    bytes += chunk.length;
    const longest = longestLine(chunk, line);
    line = longest.open;
    hooks.onChunk(chunk);
    if (bytes > limits.outputBytes) halt("output-limit");
    else if (longest.length > limits.lineBytes) halt("line-limit");
  };
  const halt = (limit: "output-limit" | "line-limit"): void => {
    stopped = true;
    finish();
    hooks.onLimit(limit);
  };
  const fail = (error: unknown): void => {
    stopped = true;
    finish();
    hooks.onFailure(error);
  };

  stream.on("data", (chunk: Buffer) => {
    if (stopped) return;
    stream.pause();
    // Chained, not replaced: Node resumes the stream by itself when the process exits.
    writing = writing.then(() => (stopped ? undefined : accept(chunk))).catch(fail);
    void writing.then(() => {
      if (!stopped) stream.resume();
    });
  });
  stream.on("close", () => finish());
  // A broken pipe is an end like any other: what arrived is in the file.
  stream.on("error", () => finish());

  return {
    bytes: () => bytes,
    done,
    stop: async () => {
      stopped = true;
      stream.destroy();
      await writing;
    },
  };
}

/** Length of the longest line part in a chunk, and of the line still open at its end, given what was open before. */
function longestLine(chunk: Buffer, open: number): { readonly length: number; readonly open: number } {
  let length = 0;
  let from = 0;
  let current = open;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    length = Math.max(length, current + at - from);
    current = 0;
    from = at + 1;
  }
  current += chunk.length - from;
  return { length: Math.max(length, current), open: current };
}
