import { relative } from "node:path";
import type { Command } from "commander";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { openGate } from "../open-gate.ts";
import { recordRoot } from "../record-root.ts";
import { refusal } from "../refusal.ts";
import { openRoleKey } from "../role-keys-of-root.ts";
import { keysFolder } from "../user-folders.ts";

/** How far `--now` may lie from the clock of a machine that records, ms. */
const SKEW_MS = 60_000;

/** A ledger is dated by the clock: with another time, a record could be made of what has expired since, or has not begun. */
function assertClock({ now, io }: CommandContext): void {
  const kernel = io.kernelNow?.() ?? null;
  if (kernel !== null && Math.abs(kernel - io.now()) > SKEW_MS)
    throw new CliError(
      "CLOCK_DIVERGED",
      EXIT.refused,
      "this process is shown another time than the machine has",
      {
        remedy:
          "Call stage6 without what replaces the clock (NODE_OPTIONS, LD_PRELOAD); nothing was recorded.",
      },
    );
  if (Math.abs(Date.parse(now) - io.now()) <= SKEW_MS) return;
  throw new CliError("USAGE", EXIT.usage, "a record is dated by the clock; --now says another time", {
    remedy: "Leave --now out. What would be recorded at another time is shown by stage6 validate --now.",
  });
}

/** `record`: the eligibility record, once every check of the gate passes. It records and activates nothing. */
export function addRecord(program: Command, perform: Perform): void {
  const command = program
    .command("record")
    .description("write the eligibility record and its line in the ledger, if every check of the gate passes")
    .option("--plan <id>", "plan that is meant (default: the newest)");
  perform<{ plan?: string }>(command, async (context, { plan }) => {
    assertClock(context);
    const { root, documents } = await openGate(context, plan ?? null);
    const comparator = await openRoleKey(root, "comparator", keysFolder(context.io.env));
    const recorded = await recordRoot(root.path, documents, context.now, comparator);
    if (!recorded.ok)
      return refusal("the gate refuses", recorded.decision.checks, commandLine(context, ["status"]));
    const { recordType, recordDigest, file } = recorded;
    const shown = `${context.shownRoot}/${relative(root.path, file)}`;
    const says =
      recordType === "rehearsal"
        ? "A rehearsal, on scripted evidence: it makes no candidate eligible."
        : "Candidate only, not active: the candidate stays disabled by default.";
    return {
      exitCode: EXIT.holds,
      verdict: recordType,
      text: `Recorded ${recordType}: ${shown}\n${says}\nNext: ${commandLine(context, ["validate"])}\n`,
      data: { record: { type: recordType, digest: recordDigest, file: relative(root.path, file) } },
    };
  });
}
