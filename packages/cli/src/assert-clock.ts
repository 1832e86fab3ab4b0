import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { EXIT } from "./exit-code.ts";

/** How far `--now` may lie from the clock of a machine that writes a date, ms. */
const SKEW_MS = 60_000;

/**
 * Throws CLOCK_DIVERGED when the process is shown another time than the kernel tells, and USAGE when `--now` says another
 * time than the clock: what is written is dated by the clock. `what` names it, `instead` is the remedy.
 */
export function assertClock({ now, io }: CommandContext, what: string, instead: string): void {
  const kernel = io.kernelNow?.() ?? null;
  if (kernel !== null && Math.abs(kernel - io.now()) > SKEW_MS)
    throw new CliError(
      "CLOCK_DIVERGED",
      EXIT.refused,
      "this process is shown another time than the machine has",
      {
        remedy:
          "Call stage6 without what replaces the clock (NODE_OPTIONS, LD_PRELOAD); nothing was written.",
      },
    );
  if (Math.abs(Date.parse(now) - io.now()) <= SKEW_MS) return;
  throw new CliError("USAGE", EXIT.usage, `${what} is dated by the clock; --now says another time`, {
    remedy: instead,
  });
}
