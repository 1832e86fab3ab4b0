import { readFileSync } from "node:fs";

/** 2020: what lies before is no time of day that a kernel would tell. */
const LEAST_MS = 1_577_836_800_000;

/**
 * The time of day by the kernel's own files, milliseconds since 1970, to the second; null where they tell none. A change of the clock
 * that only this process sees (a preloaded library, a script that replaces Date) does not change them; the machine's own does.
 */
export function kernelNow(): number | null {
  try {
    const boot = /^btime ([0-9]{1,15})$/m.exec(readFileSync("/proc/stat", "latin1"))?.[1];
    const up = /^[0-9]{1,15}(?:\.[0-9]{1,6})?/.exec(readFileSync("/proc/uptime", "latin1"))?.[0];
    const now = (Number(boot) + Number(up)) * 1000;
    return now > LEAST_MS ? now : null;
  } catch {
    return null;
  }
}
