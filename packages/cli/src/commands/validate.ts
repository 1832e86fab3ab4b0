import type { Command } from "commander";
import { renderGateResult } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { judgeGate } from "../judge-gate.ts";

/** `validate`: judges the whole gate. Reads only. */
export function addValidate(program: Command, perform: Perform): void {
  const command = program
    .command("validate")
    .description("judge the whole gate from a harness root; reads only")
    .option("--plan <id>", "plan to judge (default: the newest)");
  perform<{ plan?: string }>(command, async (context, { plan }) => {
    const result = await judgeGate(context, plan ?? null);
    return { exitCode: result.exitCode, text: renderGateResult(result), data: {}, document: result };
  });
}
