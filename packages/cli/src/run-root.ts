import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { TrialPlan } from "@stage6/evidence-interface";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import {
  runPlan,
  systemClock,
  trialsOf,
  type ReadyLane,
  type RunPlanInput,
  type RunSummary,
  type TrialProgress,
} from "@stage6/runner";
import type { PlanEntry } from "@stage6/validator";
import { askFirst } from "./ask-first.ts";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { readSeen } from "./journal-seen.ts";
import { liveEndpoint } from "./live-model.ts";
import type { OpenRoot } from "./open-root.ts";
import { assertOwned } from "./assert-owned.ts";
import { placesOf, probeLanes, type ProbePlaces } from "./probe-lanes.ts";
import { readyLanes } from "./ready-lanes.ts";
import { readRoleKey } from "./role-keys.ts";
import { admittedSource } from "./source/admitted-source.ts";
import { sourceCheck } from "./source/source-check.ts";
import { unconfinedNote } from "./unconfined-note.ts";
import { TOOL } from "./tool.ts";

/** What a run needs beside root and plan. */
export interface RunOptions {
  readonly keys: string;
  /** Environment, for the key of a live model. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly places: ProbePlaces;
  /** Null: the number of cores, at most 4. */
  readonly concurrency: number | null;
  /** Trials in a row that may fail by the same fault of the infrastructure before no more is begun; no end when left out. */
  readonly stopAfter?: number;
  readonly log: (line: string) => void;
  readonly interrupt: AbortSignal;
}

/** How many trials a plan has, and how many of them left a bundle. */
export async function countRecorded(
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
  await assertOwned(root.path, entry);
  const endpoint = plan.evidenceClass === "live" ? liveEndpoint(root.policy, options.env) : null;
  const key = await readRoleKey("runner", options.keys, root.config.id, root.trusted);
  const wanted = plan.lanes.filter(({ state }) => state === "planned").map(({ lane }) => lane);
  const found = await probeLanes(wanted, options.places);
  const unconfined = unconfinedNote(found);
  if (unconfined !== null) options.log(unconfined);
  const ready = readyLanes(plan, found);
  const lanes = new Map(
    await Promise.all(
      [...ready].map(async ([id, one]) => [id, await watched(root, one, options.places)] as const),
    ),
  );
  if (endpoint !== null) await askFirst(plan, ready, endpoint, options);
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
    journal: await journalOf(root, options.keys),
    clock: systemClock(),
    endpoint,
    protectedTrees: root.config.protectedTrees ?? [],
    concurrency,
    onProgress: progressLines(plan, planned, recorded, options.log),
    interrupt: options.interrupt,
    ...(options.stopAfter === undefined ? {} : { stopAfter: options.stopAfter }),
  });
}

async function journalOf(root: OpenRoot, keys: string): Promise<NonNullable<RunPlanInput["journal"]>> {
  const seen = await readSeen(keys, root.config.id);
  return { harness: root.config.id, ...(seen === null ? {} : { seen }) };
}

/** A lane with a look at its source, where an operator provides it. */
async function watched(root: OpenRoot, ready: ReadyLane, places: ProbePlaces): Promise<ReadyLane> {
  const { lane, backend } = ready;
  const admission = await admittedSource(root, lane.id);
  const now = (): string => new Date().toISOString();
  const check = sourceCheck(lane, await placesOf(lane.id, places), backend.sha256, admission, now);
  return check === undefined ? ready : { ...ready, checkSource: check };
}

/** Turns what happens to the trials of a plan into one line each. */
export function progressLines(
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
