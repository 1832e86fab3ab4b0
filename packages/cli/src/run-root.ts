import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { TrialPlan } from "@stage6/evidence-interface";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import { runPlan, systemClock, trialsOf, type RunSummary, type TrialProgress } from "@stage6/runner";
import type { PlanEntry } from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import type { OpenRoot } from "./open-root.ts";
import { probeLanes, type ProbePlaces } from "./probe-lanes.ts";
import { readyLanes } from "./ready-lanes.ts";
import { readRunnerKey } from "./runner-key.ts";
import { TOOL } from "./tool.ts";

/** What a run needs beside root and plan. */
export interface RunOptions {
  readonly keys: string;
  readonly places: ProbePlaces;
  /** Null: the number of cores, at most 4. */
  readonly concurrency: number | null;
  readonly log: (line: string) => void;
  readonly interrupt: AbortSignal;
}

async function countRecorded(
  root: string,
  { plan, id }: PlanEntry,
): Promise<{ planned: number; recorded: number }> {
  const trials = trialsOf(plan, id);
  const there = await Promise.all(
    trials.map((trial) =>
      stat(join(rootLayout(root).runs, trialPath(trial))).then(
        () => 1,
        () => 0,
      ),
    ),
  );
  return { planned: trials.length, recorded: there.reduce<number>((sum, one) => sum + one, 0) };
}

/** Runs the trials of a plan that are not recorded yet, with one line of progress per trial. */
export async function runRoot(root: OpenRoot, entry: PlanEntry, options: RunOptions): Promise<RunSummary> {
  const { plan } = entry;
  const { planned, recorded } = await countRecorded(root.path, entry);
  if (recorded === planned) return { planned, kept: planned, sealed: 0, missing: 0 };
  if (plan.policyDigest !== root.policyDigest) {
    throw new CliError(
      "POLICY_MISMATCH",
      EXIT.refused,
      `the policy was changed after plan ${entry.id} was made`,
      { remedy: "Put the policy back as it was, or run stage6 plan to make a new plan." },
    );
  }
  const key = await readRunnerKey(options.keys, root.config.id, root.trusted);
  const wanted = plan.lanes.filter(({ state }) => state === "planned").map(({ lane }) => lane);
  const lanes = readyLanes(plan, await probeLanes(wanted, options.places));
  const concurrency = options.concurrency ?? Math.max(1, Math.min(availableParallelism(), 4));
  options.log(
    `Running ${planned - recorded} of ${planned} trials of plan ${entry.id}, ${concurrency} at a time${recorded === 0 ? "" : `; ${recorded} are recorded already`}.`,
  );
  return runPlan({
    root: root.path,
    plan,
    harness: TOOL,
    lanes,
    key,
    clock: systemClock(),
    endpoint: null,
    protectedTrees: root.config.protectedTrees ?? [],
    concurrency,
    onProgress: progressLines(plan, planned, recorded, options.log),
    interrupt: options.interrupt,
  });
}

function progressLines(
  plan: TrialPlan,
  planned: number,
  recorded: number,
  log: (line: string) => void,
): (progress: TrialProgress) => void {
  const width = String(planned).length;
  const widest = (names: readonly string[]): number => Math.max(...names.map((name) => name.length));
  const lane = widest(plan.lanes.map((one) => one.lane));
  const fixture = widest(plan.fixtures.map(({ id }) => id));
  let done = recorded;
  return (progress) => {
    if (progress.kind === "started" || progress.kind === "kept") return;
    const { trial } = progress;
    const name = `${trial.lane.padEnd(lane)}  ${trial.fixture.padEnd(fixture)}  #${trial.number}`;
    if (progress.kind === "given-up")
      return log(`[${"-".padStart(width)}/${planned}] ${name}  not recorded: ${progress.reason}`);
    done += 1;
    const { report, elapsedMs } = progress;
    const closure = report.closure.class === "NONE" ? "" : ` (${report.closure.class})`;
    log(
      `[${String(done).padStart(width)}/${planned}] ${name}  ${report.outcome}${closure}, oracle ${report.oracle.state}  ${(elapsedMs / 1000).toFixed(1)} s`,
    );
  };
}
