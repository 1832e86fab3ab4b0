import { relative } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import {
  DIMENSIONS,
  explainCell,
  renderComparison,
  renderSelfComparison,
  type Dimension,
} from "@stage6/comparator";
import { openBefore } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { compareLaneWithItself, compareRoot } from "../compare-root.ts";
import { EXIT } from "../exit-code.ts";
import { rememberJournal } from "../journal-documents.ts";
import { openGate } from "../open-gate.ts";
import { choosePlan, openRoot } from "../open-root.ts";
import { parseLane } from "../parse-options.ts";
import { refusal } from "../refusal.ts";
import { openRoleKey } from "../role-keys-of-root.ts";
import { sealProof } from "../seal-proof.ts";
import { keysFolder } from "../user-folders.ts";

interface CellName {
  readonly baseline: string;
  readonly fixture: string;
  readonly dimension: Dimension;
}

function parseCell(text: string): CellName {
  const [baseline = "", fixture = "", name = "", ...more] = text.split("/");
  const dimension = DIMENSIONS.find((one) => one === name);
  if (dimension === undefined || more.length > 0)
    throw new InvalidArgumentError(
      `A cell is baseline/fixture/dimension; the dimensions are ${DIMENSIONS.join(", ")}.`,
    );
  return { baseline, fixture, dimension };
}

/** `compare`: candidate against every baseline, from the recorded bundles alone. */
export function addCompare(program: Command, perform: Perform): void {
  const command = program
    .command("compare")
    .description("compare the candidate with every baseline of a plan; the exit code is the comparison's")
    .option("--plan <id>", "plan to compare (default: the newest)")
    .option("--seal", "seal the comparison proof under proofs/, if everything before it holds")
    .option("--explain <cell>", "show why one cell has its verdict: baseline/fixture/dimension", parseCell)
    .addOption(
      new Option(
        "--aa <lane>",
        "compare one lane with itself, half of its trials against the other; writes nothing",
      )
        .argParser(parseLane)
        .conflicts("explain"),
    );
  perform<{ plan?: string; explain?: CellName; aa?: string; seal?: boolean }>(
    command,
    async (context, options) => {
      const root = await openRoot(context.root, context.shownRoot, context.now);
      const entry = choosePlan(root, options.plan ?? null);
      if (options.aa !== undefined) {
        const self = await compareLaneWithItself(root, entry, options.aa);
        return {
          exitCode: self.exitCode,
          verdict: self.verdict,
          text: renderSelfComparison(self),
          data: { self },
        };
      }
      const { comparison, document, file } = await compareRoot(root, entry);
      if (options.seal === true) return seal(context, entry.id);
      const { explain } = options;
      const shown = `${context.shownRoot}/${file}`;
      const written = {
        written: `Wrote ${shown}`,
        kept: `${shown} says the same and is kept.`,
        "not-written": `Not written: trials are missing or not sound. Next: ${commandLine(context, ["run", "--plan", entry.id])}`,
      }[document];
      const text =
        explain === undefined
          ? `${renderComparison(comparison)}\n${written}\n`
          : explainCell(comparison, explain.baseline, explain.fixture, explain.dimension);
      return {
        exitCode: comparison.exitCode,
        verdict: comparison.verdict,
        text,
        data: { document: { state: document, file }, comparison },
      };
    },
  );
}

/** Seals the proof of the comparison that was just made. */
async function seal(context: CommandContext, planId: string): Promise<CommandResult> {
  const { root, documents, checks } = await openGate(context, planId);
  const open = openBefore("proof", checks);
  if (open.length > 0) return refusal("the proof cannot be sealed", open, commandLine(context, ["status"]));
  const comparator = await openRoleKey(root, "comparator", keysFolder(context.io.env));
  const sealed = await sealProof(root.path, documents, context.now, comparator);
  if (!sealed.ok)
    return refusal("the proof cannot be sealed", sealed.checks, commandLine(context, ["status"]));
  await rememberJournal(context, root);
  const { digest, challenge, folder } = sealed;
  const shown = `${context.shownRoot}/${relative(root.path, folder)}`;
  return {
    exitCode: EXIT.holds,
    verdict: "sealed",
    text: `Sealed the proof ${digest}\n  ${shown}\nIt states what the evidence gives; it accepts and activates nothing.\nNext: ${commandLine(context, ["accept", "--operator", "NAME"])}\n`,
    data: { proof: { digest, challenge, folder: relative(root.path, folder) } },
  };
}
