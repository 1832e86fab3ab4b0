import { randomUUID, type KeyObject } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import PQueue from "p-queue";
import { probeStrict, type StrictDriver } from "@stage6/bounds";
import type { HarnessRef, Id, JournalPoint, Report, TrialPlan, TrialRef } from "@stage6/evidence-interface";
import { appendJournal, makeBelow, rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import type { Lane } from "@stage6/lane-contract";
import { listAttempts, listIntents, writeIntent, writeInterruption } from "./attempt-files.ts";
import { formatTime, type Clock } from "./clock.ts";
import { afterTrial, type Streak } from "./failure-streak.ts";
import type { LocatedBackend } from "./locate-backend.ts";
import { sealPlan } from "./make-plan.ts";
import { assertPlannedTrees, type ProtectedTree } from "./protected-trees.ts";
import { readFixture, type LoadedFixture } from "./read-fixture.ts";
import { withRootLock } from "./root-lock.ts";
import { runTrial } from "./run-trial.ts";
import { RunnerError } from "./runner-error.ts";
import type { CheckSource } from "./source-check.ts";
import { sealRest } from "./seal-rest.ts";
import type { LiveEndpoint, TrialSpec } from "./trial-spec.ts";

/** A lane ready to run: adapter, backend and the version that the plan pinned. */
export interface ReadyLane {
  readonly lane: Lane;
  readonly backend: LocatedBackend;
  readonly version: string;
  /** Looks at the backend's source before and after each trial; left out when nobody asks. */
  readonly checkSource?: CheckSource;
}

/** What happens to a trial while a plan runs. */
export type TrialProgress =
  | { readonly kind: "started"; readonly trial: TrialRef }
  | { readonly kind: "sealed"; readonly trial: TrialRef; readonly elapsedMs: number; readonly report: Report }
  | { readonly kind: "kept"; readonly trial: TrialRef }
  | { readonly kind: "given-up"; readonly trial: TrialRef; readonly reason: string };

/** Everything a run of a plan needs. */
export interface RunPlanInput {
  readonly root: string;
  readonly plan: TrialPlan;
  readonly harness: HarnessRef;
  readonly lanes: ReadonlyMap<string, ReadyLane>;
  readonly key: KeyObject;
  readonly clock: Clock;
  readonly endpoint: LiveEndpoint | null;
  /** Where the plan's protected trees lie; none when left out. */
  readonly protectedTrees?: readonly ProtectedTree[];
  /** Trials at the same time. */
  readonly concurrency: number;
  readonly onProgress: (progress: TrialProgress) => void;
  readonly interrupt?: AbortSignal;
  /** Trials to run; all when left out. The plan stays the denominator: what is left out stays missing in it. */
  readonly select?: (trial: TrialRef) => boolean;
  readonly scratchParent?: string;
  /**
   * What becomes of an attempt without a bundle: `evidence` (when left out) seals it as a harness error, and the trial is not
   * begun again; `again` begins the trial again, for the failure matrix, whose trials show a state and are no sample.
   */
  readonly lostAttempts?: "evidence" | "again";
  /** Whose journal each attempt is put into before it runs; left out, attempts are not journaled, and no gate counts them. */
  readonly journal?: { readonly harness: Id; readonly seen?: JournalPoint };
  /** Trials in a row that may fail by the same fault of the infrastructure before no more is begun; no end when left out. */
  readonly stopAfter?: number;
}

/** Counts of a run: what was there, what was made, what is still missing. */
export interface RunSummary {
  readonly planned: number;
  readonly kept: number;
  readonly sealed: number;
  readonly missing: number;
  /** Why no more trials were begun; left out when all were, or when the operator interrupted. */
  readonly stopped?: Streak;
}

/** Attempts at one trial before it stays missing: only an operator's interrupt leaves one without a bundle. */
export const MAX_ATTEMPTS = 100;

/** Every trial of a plan's planned lanes, in the order in which they run. */
export function trialsOf(plan: TrialPlan, planId: string): TrialRef[] {
  const numbers = Array.from({ length: plan.trialsPerCell }, (_, index) => index + 1);
  return numbers.flatMap((number) =>
    plan.fixtures.flatMap((fixture) =>
      plan.lanes
        .filter((lane) => lane.state === "planned")
        .map((lane) => ({ planId, lane: lane.lane, fixture: fixture.id, number })),
    ),
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The trials' fixtures as the plan pinned them; throws PLAN_MISMATCH when one was changed since. */
async function loadFixtures(input: RunPlanInput): Promise<ReadonlyMap<string, LoadedFixture>> {
  const loaded = new Map<string, LoadedFixture>();
  for (const planned of input.plan.fixtures) {
    const fixture = await readFixture(join(rootLayout(input.root).fixtures, planned.id));
    if (fixture.digest !== planned.digest)
      throw new RunnerError(
        "PLAN_MISMATCH",
        `fixture ${planned.id} is ${fixture.digest}, the plan says ${planned.digest}`,
      );
    const { digest } = fixture.ownership;
    if (digest !== (planned.ownershipDigest ?? null))
      throw new RunnerError(
        "PLAN_MISMATCH",
        `the ownership record of fixture ${planned.id} is ${digest ?? "missing"}, the plan says ${planned.ownershipDigest ?? "none"}`,
      );
    loaded.set(planned.id, fixture);
  }
  return loaded;
}

function assertLanes(input: RunPlanInput): void {
  for (const planned of input.plan.lanes) {
    if (planned.state !== "planned") continue;
    const ready = input.lanes.get(planned.lane);
    if (ready === undefined)
      throw new RunnerError("PLAN_MISMATCH", `lane ${planned.lane} of the plan is not available now`);
    if (ready.backend.sha256 !== planned.backendSha256)
      throw new RunnerError(
        "PLAN_MISMATCH",
        `the backend of ${planned.lane} is ${ready.backend.sha256}, the plan says ${planned.backendSha256 ?? "none"}`,
      );
    if (ready.lane.adapterVersion !== planned.adapterVersion)
      throw new RunnerError(
        "PLAN_MISMATCH",
        `the adapter of ${planned.lane} is ${ready.lane.adapterVersion}, the plan says ${planned.adapterVersion ?? "none"}`,
      );
  }
}

/** Leftovers of runners that were killed, but those of attempts that are still to be sealed. */
async function clearStaging(staging: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(staging))
    if (!keep.has(name)) await rm(join(staging, name), { recursive: true, force: true });
}

/** An announced attempt at a trial that left no bundle and was not interrupted by the operator; null when there is none. */
async function lostAttempt(root: string, trial: TrialRef): Promise<string | null> {
  const attempts = await listAttempts(root, trial);
  return attempts.find(({ interrupted }) => !interrupted)?.attemptId ?? null;
}

/**
 * Runs the trials of a plan that have no bundle yet: `todo = plan - recorded`, so that a killed run goes on where it
 * stopped and a finished plan runs nothing. Throws for misuse only; a bad backend is evidence.
 */
export async function runPlan(input: RunPlanInput): Promise<RunSummary> {
  const { digest, id } = sealPlan(input.plan);
  const layout = rootLayout(input.root);
  await makeBelow(input.root, layout.attempts);
  return withRootLock(layout.runLock, async () => {
    const trials = trialsOf(input.plan, id).filter(input.select ?? (() => true));
    const again = input.lostAttempts === "again";
    const todo: { readonly trial: TrialRef; readonly lost: string | null }[] = [];
    for (const trial of trials) {
      if (await exists(join(layout.runs, trialPath(trial)))) input.onProgress({ kind: "kept", trial });
      else todo.push({ trial, lost: again ? null : await lostAttempt(input.root, trial) });
    }
    await journalAttempts(input, trials);
    if (todo.length === 0) return { planned: trials.length, kept: trials.length, sealed: 0, missing: 0 };
    await makeBelow(input.root, layout.staging);
    await clearStaging(layout.staging, new Set(todo.flatMap(({ lost }) => lost ?? [])));
    assertLanes(input);
    assertPlannedTrees(input.plan, input.protectedTrees ?? []);
    const fixtures = await loadFixtures(input);
    const strict = await strictDriver(input.plan);
    const queue = new PQueue({ concurrency: input.concurrency });
    let sealed = 0;
    let broken = false;
    let streak: Streak | null = null;
    const isOver = (): boolean => streak !== null && streak.trials >= (input.stopAfter ?? Infinity);
    const one = async ({ trial, lost }: (typeof todo)[number]): Promise<void> => {
      if (input.interrupt?.aborted === true || isOver()) return;
      const report = await attempt(input, trial, lost, digest, fixtures, strict);
      if (report === null) return;
      sealed += 1;
      // What an earlier run lost says nothing of this one; trials under way when a streak is long enough only end.
      if (lost === null && !isOver()) streak = afterTrial(streak, report);
    };
    // All of them, also after one failed: a trial must not go on running once the lock is free.
    const ends = await Promise.allSettled(
      todo.map((due) =>
        queue
          .add(() => (broken ? Promise.resolve() : one(due)))
          .catch((error: unknown) => {
            broken = true;
            throw error;
          }),
      ),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const missing = todo.length - sealed;
    return {
      planned: trials.length,
      kept: trials.length - todo.length,
      sealed,
      missing,
      ...(streak !== null && isOver() && missing > 0 ? { stopped: streak } : {}),
    };
  });
}

/** The driver that the plan needs; null in the default tier. A plan is never run in another tier than its own. */
async function strictDriver(plan: TrialPlan): Promise<StrictDriver | null> {
  if (plan.boundsTier === "default") return null;
  const probed = await probeStrict();
  if (probed.ok) return probed;
  throw new RunnerError(
    "BOUNDS_UNAVAILABLE",
    `the plan's strict bounds cannot be had now: ${probed.detail}. ${probed.cure}`,
  );
}

/** A trial that was begun is not begun again: what is left of the attempt is sealed, and counts. */
const LOST: Parameters<typeof sealRest>[1] = {
  state: "harness-error",
  code: "ATTEMPT_LOST",
  detail: "the attempt was announced and left no bundle: its runner was ended, or could not seal it",
};

async function sealLost(spec: TrialSpec): Promise<Report> {
  const report = await sealRest(spec, LOST);
  await rm(join(rootLayout(spec.root).staging, spec.attemptId), { recursive: true, force: true });
  return report;
}

/** Runs a trial, or seals what is left of a lost attempt at it; null when no bundle came of it. */
async function attempt(
  input: RunPlanInput,
  trial: TrialRef,
  lost: string | null,
  planDigest: string,
  fixtures: ReadonlyMap<string, LoadedFixture>,
  strict: StrictDriver | null,
): Promise<Report | null> {
  const ready = input.lanes.get(trial.lane);
  const planned = input.plan.lanes.find((lane) => lane.lane === trial.lane);
  const fixture = fixtures.get(trial.fixture);
  if (ready === undefined || fixture === undefined || planned?.model === null || planned === undefined)
    return null;
  const start = input.clock.mono();
  const attemptId = lost ?? randomUUID();
  const spec: TrialSpec = {
    root: input.root,
    trial,
    attemptId,
    plan: input.plan,
    planDigest,
    harness: input.harness,
    lane: ready.lane,
    backend: ready.backend,
    backendVersion: ready.version,
    model: planned.model,
    endpoint: planned.model.class === "live" ? input.endpoint : null,
    strict,
    fixture,
    protectedTrees: input.protectedTrees ?? [],
    key: input.key,
    clock: input.clock,
    ...(ready.checkSource === undefined ? {} : { checkSource: ready.checkSource }),
    ...(input.scratchParent === undefined ? {} : { scratchParent: input.scratchParent }),
    ...(input.interrupt === undefined ? {} : { interrupt: input.interrupt }),
  };
  const report = lost === null ? await begin(input, spec) : await sealLost(spec);
  if (report === null) return null;
  input.onProgress({
    kind: "sealed",
    trial,
    elapsedMs: Math.round((input.clock.mono() - start) / 1000),
    report,
  });
  return report;
}

/** Puts every attempt at these trials into the journal that is not there yet: also one whose runner was killed before it could. */
async function journalAttempts(
  { root, journal, key, clock }: RunPlanInput,
  trials: readonly TrialRef[],
): Promise<void> {
  if (journal === undefined) return;
  const { harness, seen } = journal;
  const drafts = (await Promise.all(trials.map((trial) => listIntents(root, trial)))).flat();
  const at = formatTime(clock.now());
  await appendJournal(
    root,
    drafts.map((one) => ({ harness, kind: "intent", ...one, at })),
    key,
    seen,
  );
}

/** Announces a trial and runs it; null when it was given up. */
async function begin(input: RunPlanInput, spec: TrialSpec): Promise<Report | null> {
  const { root, clock, key, onProgress } = input;
  const { trial, attemptId, planDigest } = spec;
  if ((await listAttempts(root, trial)).length >= MAX_ATTEMPTS) {
    onProgress({ kind: "given-up", trial, reason: `${MAX_ATTEMPTS} attempts left no bundle` });
    return null;
  }
  await writeIntent(root, { trial, attemptId, planDigest, startedAt: formatTime(clock.now()) });
  await journalAttempts(input, [trial]);
  onProgress({ kind: "started", trial });
  const end = await runTrial(spec);
  if (end.state === "sealed") return end.report;
  const { boundsTier } = input.plan;
  const { backendStarted } = end;
  const interruptedAt = formatTime(clock.now());
  await writeInterruption(root, { trial, attemptId }, { boundsTier, backendStarted, interruptedAt }, key);
  onProgress({ kind: "given-up", trial, reason: "interrupted" });
  return null;
}
