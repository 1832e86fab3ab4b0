import type { Comparison } from "@stage6/comparator";
import type { Timestamp } from "@stage6/evidence-interface";
import { checkStoredComparison } from "./check-stored-comparison.ts";
import { applicabilityCheck } from "./checks/applicability-check.ts";
import { documentChecks } from "./checks/document-checks.ts";
import { bundlesCheck, comparisonCheck, evidenceClassCheck, storedCheck } from "./checks/evidence-checks.ts";
import { notRun } from "./checks/make-check.ts";
import { pendingChecks } from "./checks/pending-checks.ts";
import { checkTargetOwnership } from "./checks/target-ownership.ts";
import { collectEarlier } from "./collect-earlier.ts";
import { collectTrials, type CollectOptions } from "./collect-trials.ts";
import type { CollectedTrial } from "./read-trial.ts";
import { compareTrials } from "./compare-trials.ts";
import type { GateCheck } from "./gate-check.ts";
import { readApplicability } from "./read-applicability.ts";
import { readHarnessRoot, type HarnessRootView } from "./read-harness-root.ts";
import type { PlanEntry } from "./read-plans.ts";
import type { RootInput } from "./root-input.ts";
import { openVerifiedCache } from "./verified-cache.ts";
import { selectPlan } from "./select-plan.ts";

/** What is judged, when, and how the work is done; see `ValidateOptions`. */
export interface JudgeOptions {
  readonly root: string;
  readonly now: Timestamp;
  readonly planId?: string;
  readonly workers?: number;
  readonly verifiedFolder?: string;
}

/** Everything found while judging a harness root. */
export interface JudgedRoot {
  readonly view: HarnessRootView;
  readonly selected: PlanEntry | null;
  readonly trials: readonly CollectedTrial[];
  readonly comparison: Comparison | null;
  readonly checks: readonly GateCheck[];
  readonly inputs: readonly RootInput[];
}

/** Reads a harness root and runs every check that can run; the others fail as NOT_RUN. */
export async function judgeRoot({
  root,
  now,
  workers,
  verifiedFolder,
  ...options
}: JudgeOptions): Promise<JudgedRoot> {
  const planId = options.planId ?? null;
  const view = await readHarnessRoot(root);
  const selected = selectPlan(view.plans, planId);
  const checks = [...documentChecks(view, selected, planId), ...(await pendingChecks(root))];
  const ownership = await checkTargetOwnership(root, selected);
  checks.push(ownership.check);
  const found = {
    view,
    selected,
    trials: [],
    comparison: null,
    inputs: [...view.inputs, ...ownership.inputs],
  };
  if (selected === null)
    return {
      ...found,
      checks: [
        ...checks,
        ...withoutEvidence("no plan says what has to be there"),
        notRun("evidence-class", "no plan"),
      ],
    };
  checks.push(evidenceClassCheck(selected));
  const { trusted, recorders } = view;
  if (trusted === null || recorders === null)
    return {
      ...found,
      checks: [...checks, ...withoutEvidence("no bundle can be believed without sound trusted keys")],
    };
  const cache = verifiedFolder === undefined ? null : await openVerifiedCache(verifiedFolder, trusted);
  const collect: CollectOptions = {
    ...(workers === undefined ? {} : { workers }),
    ...(cache === null ? {} : { verified: cache }),
  };
  const trials = await collectTrials(root, selected.plan, selected.id, trusted, collect);
  const earlier = await collectEarlier(root, selected, view.plans, trusted, collect);
  await cache?.save();
  const all = [...trials, ...earlier.flatMap((one) => one.trials)];
  const applicability = await readApplicability(root, selected, recorders);
  const inputs = [...found.inputs, ...applicability.inputs, ...all.flatMap((trial) => trial.inputs)];
  checks.push(bundlesCheck(all));
  if (view.policy === null)
    return {
      ...found,
      trials,
      inputs,
      checks: [
        ...checks,
        applicabilityCheck(applicability, selected, null, now),
        ...withoutComparison("no comparison without a sound policy"),
      ],
    };
  const { comparison, bytes } = compareTrials(selected, view.policy, trials, earlier, applicability.records);
  const stored = await checkStoredComparison(root, selected.id, bytes);
  checks.push(
    applicabilityCheck(applicability, selected, comparison, now),
    comparisonCheck(comparison),
    storedCheck(stored, selected.id),
  );
  return {
    view,
    selected,
    trials,
    comparison,
    checks,
    inputs: stored.input === null ? inputs : [...inputs, stored.input],
  };
}

const withoutComparison = (why: string): GateCheck[] => [
  notRun("comparison", why),
  notRun("comparison-stored", why),
];
const withoutEvidence = (why: string): GateCheck[] => [
  notRun("bundles", why),
  notRun("applicability", why),
  ...withoutComparison(why),
];
