import { relative } from "node:path";
import { renderGrounds, renderSummary } from "@stage6/eligibility";
import { openBefore } from "@stage6/validator";
import { appendJournal } from "@stage6/evidence-interface/fs";
import type { Command } from "commander";
import { assertClock } from "../assert-clock.ts";
import type { Perform } from "../build-program.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { rememberJournal } from "../journal-documents.ts";
import { readSeen } from "../journal-seen.ts";
import { openGate } from "../open-gate.ts";
import { openRoot } from "../open-root.ts";
import { recordRoot, unjournaledRecords } from "../record-root.ts";
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
    await finishRecords(context);
    const { root, documents, checks } = await openGate(context, plan ?? null);
    const open = openBefore("record", checks);
    if (open.length > 0) return refusal("the gate refuses", open, commandLine(context, ["status"]));
    const comparator = await openRoleKey(root, "comparator", keysFolder(context.io.env));
    const recorded = await recordRoot(root.path, documents, context.now, comparator);
    if (!recorded.ok)
      return refusal("the gate refuses", recorded.decision.checks, commandLine(context, ["status"]));
    await rememberJournal(context, root);
    const { recordType, recordDigest, file, summary, grounds } = recorded;
    const shown = `${context.shownRoot}/${relative(root.path, file)}`;
    const says =
      recordType === "rehearsal"
        ? `A rehearsal, on ${grounds.evidenceClass} evidence: it makes no candidate eligible.`
        : "Candidate only, not active: the candidate stays disabled by default.";
    return {
      exitCode: EXIT.holds,
      verdict: recordType,
      text: `Recorded ${recordType}: ${shown}\n${says}\n${[...renderGrounds(grounds), ...renderSummary(summary)].join("\n")}\nNext: ${commandLine(context, ["validate"])}\n`,
      data: {
        record: { type: recordType, digest: recordDigest, file: relative(root.path, file), summary, grounds },
      },
    };
  });
}

/** Puts into the journal what an earlier call recorded and could not put there any more. */
async function finishRecords(context: CommandContext): Promise<void> {
  const root = await openRoot(context.root, context.shownRoot, context.now);
  const documents = await unjournaledRecords(root.path);
  if (documents.length === 0) return;
  const key = await openRoleKey(root, "comparator", keysFolder(context.io.env));
  const harness = root.config.id;
  const drafts = documents.map((document) => ({ harness, ...document, at: context.now }));
  const seen = await readSeen(keysFolder(context.io.env), harness);
  await appendJournal(root.path, drafts, key, seen ?? undefined);
}
