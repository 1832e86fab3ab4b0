import type { Command } from "commander";
import { renderGateResult, validateRoot } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { TOOL } from "../tool.ts";

/** `validate`: judges the whole gate. Reads only. */
export function addValidate(program: Command, perform: Perform): void {
  const command = program
    .command("validate")
    .description("judge the whole gate from a harness root; reads only")
    .option("--plan <id>", "plan to judge (default: the newest)");
  perform<{ plan?: string }>(command, async (context, { plan }) => {
    const result = await validateRoot({
      root: context.root,
      now: context.now,
      tool: { ...TOOL, sourceDigest: null },
      ...(plan === undefined ? {} : { planId: plan }),
    });
    return { exitCode: result.exitCode, text: renderGateResult(result), data: {}, document: result };
  });
}
