import { availableParallelism } from "node:os";
import {
  sha256,
  type PlannedLane,
  type TrialPlan,
  type TrialRef,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { listRuns } from "./list-runs.ts";
import { mapBounded } from "./map-bounded.ts";
import { readInWorkers } from "./read-in-workers.ts";
import {
  readTrial,
  recallTrial,
  type CollectedTrial,
  type ReadTrial,
  type TrialContext,
  type TrialTask,
} from "./read-trial.ts";
import type { KnownBundle, Verified } from "./known-bundle.ts";

/** How trials are collected. */
export interface CollectOptions {
  /** Bundles read at the same time by one thread; 8 when left out. */
  readonly concurrency?: number;
  /** Worker threads; 0 is this thread alone. When left out, several for many bundles and none for few. */
  readonly workers?: number;
  /** Bundles that need no second check as long as they are unchanged. Left out: every bundle is checked as a whole. */
  readonly verified?: {
    readonly known: Verified;
    /** Takes every bundle that is sound, known or not. */
    readonly note: (bundle: KnownBundle) => void;
  };
}

/** Starting a worker costs as much as checking this many bundles (0.4 s, measured). */
const WORTH_A_WORKER = 100;
const MOST_WORKERS = 4;

/**
 * Reads the bundle of every planned trial, and everything else below `runs/<planId>` as `extra`. Findings name files
 * from the root. Bad input is findings; nothing throws, nothing is followed, nothing written.
 */
export async function collectTrials(
  root: string,
  plan: TrialPlan,
  planId: string,
  trusted: TrustedKeys,
  options: CollectOptions = {},
): Promise<CollectedTrial[]> {
  const places = plannedPlaces(plan, planId);
  // A plan that was read is canonical: writing it again gives its very bytes.
  const context: TrialContext = { root, planId, plan, planDigest: sha256(JSON.stringify(plan)), trusted };
  const entries = listRuns(root, planId, places.size);
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  const tasks: TrialTask[] = [
    ...[...places].map(([path, place]): TrialTask => ({
      kind: "planned",
      path,
      ...place,
      entry: found.get(path) ?? null,
    })),
    ...entries
      .filter(({ path, kind }) => !places.has(path) && !(kind === "empty" && leadsTo(path, places)))
      .map((entry): TrialTask => ({ kind: "unplanned", entry })),
  ];
  const { verified } = options;
  const recalled = recall(context, tasks, verified?.known ?? new Map());
  const unknown = tasks.filter((_, index) => !recalled.has(index));
  const limit = options.concurrency ?? 8;
  const remember = verified !== undefined;
  const workers = options.workers ?? usualWorkers(unknown.length);
  const checked =
    workers === 0
      ? await mapBounded(unknown, limit, (task) => readTrial(context, task, remember))
      : await readInWorkers(context, unknown, remember, workers, limit);
  const rest = checked.values();
  const read = tasks.flatMap((_, index) => recalled.get(index) ?? rest.next().value ?? []);
  for (const one of read) if (one.remember !== null) verified?.note(one.remember);
  return read.map(({ trial }) => trial);
}

/** Trials that are known, by the index of their place. In this thread: what a worker hands over costs more than recalling it. */
function recall(
  context: TrialContext,
  tasks: readonly TrialTask[],
  known: Verified,
): ReadonlyMap<number, ReadTrial> {
  const recalled = new Map<number, ReadTrial>();
  if (known.size === 0) return recalled;
  for (const [index, task] of tasks.entries()) {
    const trial = task.kind === "planned" ? recallTrial(context, task, known) : null;
    if (trial !== null) recalled.set(index, trial);
  }
  return recalled;
}

/** None for few bundles, since a worker has to load everything first. */
function usualWorkers(bundles: number): number {
  const wanted = Math.min(MOST_WORKERS, availableParallelism(), Math.floor(bundles / WORTH_A_WORKER));
  return wanted < 2 ? 0 : wanted;
}

/** Where every planned trial belongs, by its path below `runs/<planId>`. */
function plannedPlaces(
  plan: TrialPlan,
  planId: string,
): ReadonlyMap<string, { readonly trial: TrialRef; readonly lane: PlannedLane }> {
  const places = new Map<string, { readonly trial: TrialRef; readonly lane: PlannedLane }>();
  for (const lane of plan.lanes.filter(({ state }) => state === "planned")) {
    for (const fixture of plan.fixtures) {
      for (let number = 1; number <= plan.trialsPerCell; number += 1) {
        const path = `${lane.lane}/${fixture.id}/${String(number).padStart(3, "0")}`;
        places.set(path, { lane, trial: { planId, lane: lane.lane, fixture: fixture.id, number } });
      }
    }
  }
  return places;
}

const leadsTo = (path: string, places: ReadonlyMap<string, unknown>): boolean =>
  [...places.keys()].some((place) => place.startsWith(`${path}/`));
