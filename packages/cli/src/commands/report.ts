import type { Command } from "commander";
import { renderComparison } from "@stage6/comparator";
import { renderGateResult } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { EXIT } from "../exit-code.ts";
import { judgeGate } from "../judge-gate.ts";
import { openRoot } from "../open-root.ts";

/** `report`: comparison and gate from the same evidence, for a person or with --json for a machine. Reads only. */
export function addReport(program: Command, perform: Perform): void {
  const command = program
    .command("report")
    .description("the comparison and the gate from the same evidence, for a person or a machine; reads only")
    .option("--plan <id>", "plan to report on (default: the newest)");
  perform<{ plan?: string }>(command, async (context, { plan }) => {
    await openRoot(context.root, context.shownRoot, context.now);
    const gate = await judgeGate(context, plan ?? null);
    const comparison = gate.comparison === undefined ? "No comparison.\n" : renderComparison(gate.comparison);
    return {
      exitCode: EXIT.holds,
      verdict: gate.verdict,
      text: `${comparison}\n${renderGateResult(gate)}\nCandidate only, not active: this report switches nothing on.\n`,
      data: { gate },
    };
  });
}
