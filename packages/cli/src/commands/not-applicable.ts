import type { Command } from "commander";
import { MAX_APPLICABILITY_DAYS } from "@stage6/comparator";
import type { Perform } from "../build-program.ts";
import { EXIT } from "../exit-code.ts";
import { writeJournaled } from "../journal-documents.ts";
import { choosePlan, openRoot } from "../open-root.ts";
import { parseCount, parseLane } from "../parse-options.ts";
import { placesFor } from "../places-for.ts";
import { recordApplicability } from "../record-applicability.ts";
import { keysFolder } from "../user-folders.ts";

interface NotApplicableOptions {
  readonly lane: string;
  readonly rationale: string;
  readonly recordedBy: string;
  readonly days: number;
  readonly plan?: string;
}

/** `not-applicable`: records, with a failing probe and a signature, why a lane takes no part in a plan. */
export function addNotApplicable(program: Command, perform: Perform): void {
  const command = program
    .command("not-applicable")
    .description("record why a blocked lane takes no part in a plan: probes it, signs what came of it")
    .requiredOption("--lane <lane>", "blocked lane of the plan; never fake or the candidate", parseLane)
    .requiredOption("--rationale <text>", "why, in at least 40 characters")
    .requiredOption("--recorded-by <who>", "who says so")
    .option(
      "--days <n>",
      "days until the record expires",
      parseCount(MAX_APPLICABILITY_DAYS),
      MAX_APPLICABILITY_DAYS,
    )
    .option("--plan <id>", "plan that the record is for (default: the newest)");
  perform<NotApplicableOptions>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const entry = choosePlan(root, options.plan ?? null);
    const places = await placesFor(context, root);
    const { record, file } = await writeJournaled(context, root, async () => {
      const keys = keysFolder(context.io.env);
      const written = await recordApplicability(root, entry, { ...options, keys, places, now: context.now });
      return { written, documents: [{ kind: "applicability", path: written.file, sha256: written.sha256 }] };
    });
    const { exitCode } = record.probe;
    const ended = exitCode === null ? "could not be started" : `ended with exit code ${exitCode}`;
    return {
      exitCode: EXIT.holds,
      text: `Wrote ${context.shownRoot}/${file}\n${record.lane} is not applicable to plan ${entry.id}, ${record.reasonCode}: the probe ${ended}. Expires at ${record.expiresAt}.\n`,
      data: { file, record },
    };
  });
}
