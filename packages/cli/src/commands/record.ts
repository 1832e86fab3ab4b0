import { relative } from "node:path";
import { renderSummary } from "@stage6/eligibility";
import { openBefore } from "@stage6/validator";
import type { Command } from "commander";
import { assertClock } from "../assert-clock.ts";
import type { Perform } from "../build-program.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { openGate } from "../open-gate.ts";
import { recordRoot } from "../record-root.ts";
import { refusal } from "../refusal.ts";
import { openRoleKey } from "../role-keys-of-root.ts";
import { keysFolder } from "../user-folders.ts";

/** `record`: the eligibility record, once every check of the gate passes. It records and activates nothing. */
export function addRecord(program: Command, perform: Perform): void {
  const command = program
    .command("record")
    .description("write the eligibility record and its line in the ledger, if every check of the gate passes")
    .option("--plan <id>", "plan that is meant (default: the newest)");
  perform<{ plan?: string }>(command, async (context, { plan }) => {
    assertClock(
      context,
      "a record",
      "Leave --now out. What would be recorded at another time is shown by stage6 validate --now.",
    );
    const { root, documents, checks } = await openGate(context, plan ?? null);
    const open = openBefore("record", checks);
    if (open.length > 0) return refusal("the gate refuses", open, commandLine(context, ["status"]));
    const comparator = await openRoleKey(root, "comparator", keysFolder(context.io.env));
    const recorded = await recordRoot(root.path, documents, context.now, comparator);
    if (!recorded.ok)
      return refusal("the gate refuses", recorded.decision.checks, commandLine(context, ["status"]));
    const { recordType, recordDigest, file, summary } = recorded;
    const shown = `${context.shownRoot}/${relative(root.path, file)}`;
    const says =
      recordType === "rehearsal"
        ? "A rehearsal, on scripted evidence: it makes no candidate eligible."
        : "Candidate only, not active: the candidate stays disabled by default.";
    return {
      exitCode: EXIT.holds,
      verdict: recordType,
      text: `Recorded ${recordType}: ${shown}\n${says}\n${renderSummary(summary).join("\n")}\nNext: ${commandLine(context, ["validate"])}\n`,
      data: { record: { type: recordType, digest: recordDigest, file: relative(root.path, file), summary } },
    };
  });
}
