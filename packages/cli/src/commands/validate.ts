import type { Command } from "commander";
import { renderGateResult } from "@stage6/validator";
import { relative } from "node:path";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { judgeGate } from "../judge-gate.ts";
import { verifiedFolder } from "../user-folders.ts";

/** The user's cache; it may not lie in the evidence, which nothing but trials adds to. */
function verifiedOutside({ io, root }: CommandContext): string {
  const folder = verifiedFolder(io.env);
  if (!relative(root, folder).startsWith(".."))
    throw new CliError("USAGE", EXIT.usage, "the cache of verified bundles lies inside the harness root", {
      remedy: "Set STAGE6_VERIFIED_DIR to a folder outside of it.",
    });
  return folder;
}

/** `validate`: judges the whole gate. Reads only. */
export function addValidate(program: Command, perform: Perform): void {
  const command = program
    .command("validate")
    .description("judge the whole gate from a harness root; reads only")
    .option("--plan <id>", "plan to judge (default: the newest)")
    .option(
      "--incremental",
      "do not check again a bundle that was found sound before on this machine and is unchanged",
    )
    .option(
      "--without-source",
      "judge all but whether the candidate's source is still so on this machine; then nothing passes (exit 5)",
    );
  perform<{ plan?: string; incremental?: boolean; withoutSource?: boolean }>(
    command,
    async (context, options) => {
      const { plan, incremental, withoutSource } = options;
      const result = await judgeGate(
        context,
        plan ?? null,
        incremental === true ? verifiedOutside(context) : null,
        withoutSource === true,
      );
      return { exitCode: result.exitCode, text: renderGateResult(result), data: {}, document: result };
    },
  );
}
