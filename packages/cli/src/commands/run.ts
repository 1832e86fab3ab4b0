import type { Command } from "commander";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { refusalsOfEntry, refuseEntry } from "../enter-live.ts";
import { EXIT } from "../exit-code.ts";
import { choosePlan, openRoot } from "../open-root.ts";
import { parseCount } from "../parse-options.ts";
import { placesFor } from "../places-for.ts";
import { countRecorded, runRoot } from "../run-root.ts";
import { keysFolder } from "../user-folders.ts";
import type { RunSummary } from "@stage6/runner";

/** Failures in a row by the same fault of the infrastructure after which a live run ends. */
const STOP_AFTER = 3;

interface RunVerbOptions {
  readonly plan?: string;
  readonly concurrency?: number;
  readonly stopAfter?: number;
}

/** `run`: runs the trials of a plan that are not recorded yet. */
export function addRun(program: Command, perform: Perform): void {
  const command = program
    .command("run")
    .description(
      "run the trials of a plan that are not recorded yet; after an interruption the same command goes on",
    )
    .option("--plan <id>", "plan to run (default: the newest)")
    .option(
      "--concurrency <n>",
      "trials at the same time (default: the number of cores, at most 4)",
      parseCount(64),
    )
    .option(
      "--stop-after <n>",
      `end the run once so many trials in a row failed by the same fault of the model's side or of the harness; their evidence counts, and the same command goes on (default: ${STOP_AFTER} with live evidence, none with scripted)`,
      parseCount(999),
    );
  perform<RunVerbOptions>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const entry = choosePlan(root, options.plan ?? null);
    if (entry.plan.createdAt > new Date(context.io.now()).toISOString())
      throw new CliError(
        "DATED_AHEAD",
        EXIT.refused,
        `plan ${entry.id} is dated ${entry.plan.createdAt}, which is still to come`,
        { remedy: "See to the clock, then run stage6 plan to make a new plan." },
      );
    const isLive = entry.plan.evidenceClass === "live";
    const { planned, recorded } = await countRecorded(root.path, entry);
    if (isLive && recorded < planned) {
      const refused = await refusalsOfEntry(context, root, { plan: entry, step: "run" });
      if (refused.length > 0) return refuseEntry(`no trial of live plan ${entry.id} can be made`, refused);
    }
    const stopAfter = options.stopAfter ?? (isLive ? STOP_AFTER : undefined);
    const interrupt = context.io.interrupt();
    const summary = await runRoot(root, entry, {
      keys: keysFolder(context.io.env),
      env: context.io.env,
      places: await placesFor(context, root),
      concurrency: options.concurrency ?? null,
      ...(stopAfter === undefined ? {} : { stopAfter }),
      log: context.log,
      interrupt,
    });
    return runResult(context, entry.id, summary, interrupt.aborted, [
      "run",
      ...(options.plan === undefined ? [] : ["--plan", entry.id]),
    ]);
  });
}

/** What a run says at its end; `again` is the command that goes on. */
export function runResult(
  context: CommandContext,
  planId: string,
  summary: RunSummary,
  interrupted: boolean,
  again: readonly string[],
): CommandResult {
  const { planned, kept, sealed, missing, stopped } = summary;
  const data = { plan: { id: planId }, trials: summary };
  const recorded = kept + sealed;
  if (missing === 0) {
    const text =
      sealed === 0
        ? `Nothing to run: all ${planned} trials of plan ${planId} are recorded.`
        : `Recorded ${sealed} trials; all ${planned} trials of plan ${planId} are there.`;
    return {
      exitCode: EXIT.holds,
      text: `${text}\nNext: ${commandLine(context, ["compare", ...again.slice(1)])}\n`,
      data,
    };
  }
  const go = commandLine(context, again);
  const standing = `${recorded} of ${planned} trials of plan ${planId} are recorded and kept; ${missing} are still missing.`;
  if (interrupted)
    return {
      exitCode: EXIT.interrupted,
      text: `Interrupted. ${standing}\nThe same command goes on: ${go}\n`,
      data,
    };
  if (stopped !== undefined)
    return {
      exitCode: EXIT.inconclusive,
      verdict: "stopped",
      text: `Stopped: ${stopped.trials} trials in a row failed by ${stopped.code}, which is no backend's own failure as far as it shows. They are evidence and stay.\n${standing}\nWhen ${stopped.code === "HARNESS_ERROR" ? "this machine" : "the model's side"} is well again, the same command goes on: ${go}\n`,
      data,
    };
  return { exitCode: EXIT.inconclusive, text: `${standing}\nNext: ${go}\n`, data };
}
