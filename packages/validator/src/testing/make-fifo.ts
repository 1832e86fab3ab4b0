import { execFileSync } from "node:child_process";

/** Makes a FIFO at a path (POSIX mkfifo utility; Node has no call for it). */
export function makeFifo(path: string): void {
  execFileSync("/usr/bin/mkfifo", [path]);
}
