import type { Command } from "commander";
import { renderStatus } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { judgeGate } from "../judge-gate.ts";
import { looksLikeRoot, openRoot } from "../open-root.ts";

/** `status`: one screen that says where the gate stands, what is missing, and the next command. Reads only. */
export function addStatus(program: Command, perform: Perform): void {
  const command = program
    .command("status")
    .description("one screen: where the gate stands, what is missing, the next command; reads only")
    .option("--plan <id>", "plan to look at (default: the newest)");
  perform<{ plan?: string }>(command, async (context, { plan }) => {
    if (!(await looksLikeRoot(context.root)))
      return {
        exitCode: EXIT.holds,
        text: `There is no harness root at ${context.shownRoot} yet.\nNext: ${commandLine(context, ["rehearse"])}\n`,
        data: { root: "none", next: "rehearse" },
      };
    await openRoot(context.root, context.shownRoot, context.now);
    const result = await judgeGate(context, plan ?? null);
    const { text, next, steps } = renderStatus(result, (words) => commandLine(context, words));
    return {
      exitCode: EXIT.holds,
      verdict: result.verdict,
      text,
      data: { gate: { verdict: result.verdict, exitCode: result.exitCode }, steps, next },
    };
  });
}
