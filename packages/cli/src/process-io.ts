import type { CliIo } from "./cli-io.ts";
import { EXIT } from "./exit-code.ts";
import { kernelNow } from "./kernel-now.ts";

/** Exit code of a program whose reader went away (128 + SIGPIPE): the result was not delivered. */
const READER_GONE = 141;

let interrupted: AbortController | null = null;

/** First SIGINT or SIGTERM aborts, the second ends the process at once. Installed once, on the first call. */
function interrupt(): AbortSignal {
  if (interrupted !== null) return interrupted.signal;
  const controller = new AbortController();
  interrupted = controller;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return controller.signal;
}

/** This process's own streams, folder, environment and signals. A reader that goes away crashes nothing. */
export function processIo(): CliIo {
  let gone = false;
  process.stdout.on("error", () => {
    gone = true;
    // Whoever asks whether it was 0 must not read a result that never arrived as a pass.
    process.once("exit", () => {
      if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = READER_GONE;
    });
  });
  process.stderr.on("error", () => undefined);
  return {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => void (gone || process.stdout.write(text)),
    err: (text) => void process.stderr.write(text),
    color: process.stdout.isTTY,
    now: () => Date.now(),
    kernelNow,
    interrupt,
  };
}
