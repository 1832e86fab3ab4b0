import type { Command } from "commander";
import type { Perform } from "../build-program.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { initRoot } from "../init-root.ts";
import { parseLane } from "../parse-options.ts";
import { keysFolder } from "../user-folders.ts";

/** `init`: scaffolds a harness root, and its runner key outside of it. */
export function addInit(program: Command, perform: Perform): void {
  const command = program
    .command("init")
    .description(
      "make a harness root: policy, trusted keys, lanes, contracts, failure matrix, three built-in fixtures; private keys outside of it",
    )
    .option(
      "--candidate <lane>",
      "lane that the next step shall name; a plan fixes the candidate, not the root",
      parseLane,
    );
  perform<{ candidate?: string }>(command, async (context, { candidate }) => {
    const result = await initRoot(context.root, context.shownRoot, keysFolder(context.io.env), context.now);
    const next = commandLine(context, [
      "rehearse",
      ...(candidate === undefined ? [] : ["--candidate", candidate]),
    ]);
    const head =
      result.state === "created"
        ? `Made the harness root ${context.shownRoot} (${result.harnessId}).`
        : `${context.shownRoot} is a harness root already (${result.harnessId}); ${result.putBack.length === 0 ? "nothing was changed" : `put back as they were made: ${result.putBack.join(", ")}`}.`;
    return {
      exitCode: EXIT.holds,
      text: `${head}\nPrivate runner key: ${result.keyFile} (keep it; it signs the evidence)\nThe keys of comparator, Stage 5 validator and admission reviewer lie beside it; give each to whoever holds the role.\nNext: ${next}\n`,
      data: {
        state: result.state,
        harnessId: result.harnessId,
        putBack: result.putBack,
        keyFile: result.keyFile,
        keyFolder: result.keyFolder,
      },
    };
  });
}
