import type { Command } from "commander";
import { formatRootFinding, replayRoot } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { EXIT } from "../exit-code.ts";
import { choosePlan, openRoot } from "../open-root.ts";
import { replayTrials, type ReplayedTrial } from "../replay-trials.ts";

function trialLines({ folder, result }: ReplayedTrial): string[] {
  switch (result.state) {
    case "equal":
      return [];
    case "skipped":
      return [`not translated again: ${folder}: ${result.reason}`];
    case "diverged":
      return [
        `REPLAY_DIVERGED ${folder}: the raw streams give other events than the log`,
        ...result.missing.map((key) => `  only in the log: ${key}`),
        ...result.extra.map((key) => `  only in the streams: ${key}`),
      ];
  }
}

/** `replay`: recomputes every derived document from the bundles, and every lane event from the raw streams. */
export function addReplay(program: Command, perform: Perform): void {
  const command = program
    .command("replay")
    .description(
      "recompute reports, comparison and lane events from the recorded bundles and compare; writes nothing",
    )
    .option("--plan <id>", "plan to replay (default: the newest)");
  perform<{ plan?: string }>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const entry = choosePlan(root, options.plan ?? null);
    const replay = await replayRoot({ root: root.path, now: context.now, planId: entry.id });
    const trials = await replayTrials(root, entry);
    const count = (state: ReplayedTrial["result"]["state"]): number =>
      trials.filter(({ result }) => result.state === state).length;
    const exitCode =
      replay.diverged.length > 0 || count("diverged") > 0
        ? EXIT.invalid
        : replay.missing > 0
          ? EXIT.inconclusive
          : EXIT.holds;
    const lines = [
      `Plan ${entry.id}: ${replay.reports} reports recomputed and equal, ${replay.missing} trials missing.`,
      `Comparison: ${replay.stored === "absent" ? "none is stored" : replay.stored === "equal" ? "recomputed and equal, byte for byte" : "differs from the stored one"}.`,
      `Lane events: ${count("equal")} trials translated again and equal, ${count("diverged")} differ, ${count("skipped")} could not be translated again.`,
      ...replay.diverged.map(formatRootFinding),
      ...trials.flatMap(trialLines),
    ];
    const { reports, missing, stored, diverged } = replay;
    return {
      exitCode,
      text: `${lines.join("\n")}\n`,
      data: {
        plan: replay.plan,
        reports,
        missing,
        stored,
        findings: diverged,
        retranslated: trials.map(({ folder, result }) => ({ folder, ...result })),
      },
    };
  });
}
