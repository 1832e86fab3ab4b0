import { spawn, type ChildProcess } from "node:child_process";
import { Duplex, type Readable } from "node:stream";
import type { ProcessSpec } from "./process-spec.ts";

/** Variable added to the environment of every supervised process; its random value finds what outlives the run. */
export const RUN_MARKER = "STAGE6_RUN";

/** A child that runs. */
export interface StartedChild {
  readonly process: ChildProcess;
  /** Its pid, which is also its process group. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The harness's end of the socket among the files that it was given; null when there is none. */
  readonly channel: Duplex | null;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Spawns the process as leader of its own group, or gives the error that kept it from starting. */
export async function startChild(spec: ProcessSpec, marker: string): Promise<StartedChild | Error> {
  const [file = "", ...args] = spec.argv;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: spec.cwd,
      env: { ...spec.env, [RUN_MARKER]: marker },
      stdio: [spec.stdin === null ? "ignore" : "pipe", "pipe", "pipe", ...(spec.passFds ?? [])],
      detached: true,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) {
    return new Promise((resolve) => child.once("error", resolve));
  }
  // Later errors are failed signals, which the exit tells better.
  child.on("error", () => undefined);
  // A child that does not read its input closes the pipe: its right.
  stdin?.on("error", () => undefined);
  stdin?.end(spec.stdin);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const channel = channelOf(child);
  if (channel !== null) spec.onChannel?.(channel);
  return { process: child, pid, stdout, stderr, channel, exited };
}

/** The first socket after the three standard streams of a child; null when there is none. */
export function channelOf(child: ChildProcess): Duplex | null {
  return child.stdio.slice(3).find((stream) => stream instanceof Duplex) ?? null;
}
