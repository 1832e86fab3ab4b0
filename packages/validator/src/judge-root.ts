import type { Comparison } from "@stage6/comparator";
import { checkStoredComparison } from "./check-stored-comparison.ts";
import { documentChecks } from "./checks/document-checks.ts";
import { bundlesCheck, comparisonCheck, evidenceClassCheck, storedCheck } from "./checks/evidence-checks.ts";
import { notRun } from "./checks/make-check.ts";
import { pendingChecks } from "./checks/pending-checks.ts";
import { collectEarlier } from "./collect-earlier.ts";
import { collectTrials, type CollectedTrial } from "./collect-trials.ts";
import { compareTrials } from "./compare-trials.ts";
import type { GateCheck } from "./gate-check.ts";
import { listLostAttempts } from "./list-lost-attempts.ts";
import { readApplicability } from "./read-applicability.ts";
import { readHarnessRoot, type HarnessRootView } from "./read-harness-root.ts";
import type { PlanEntry } from "./read-plans.ts";
import type { RootInput } from "./root-input.ts";
import { selectPlan } from "./select-plan.ts";

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
export async function judgeRoot(root: string, planId: string | null): Promise<JudgedRoot> {
  const view = await readHarnessRoot(root);
  const selected = selectPlan(view.plans, planId);
  const checks = [...documentChecks(view, selected, planId), ...(await pendingChecks(root))];
  const found = { view, selected, trials: [], comparison: null, inputs: view.inputs };
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
  if (view.trusted === null)
    return {
      ...found,
      checks: [...checks, ...withoutEvidence("no bundle can be believed without sound trusted keys")],
    };
  const trials = await collectTrials(root, selected.plan, selected.id, view.trusted);
  const earlier = await collectEarlier(root, selected, view.plans, view.trusted);
  const all = [...trials, ...earlier.flatMap((one) => one.trials)];
  const applicability = await readApplicability(root, selected);
  const inputs = [...view.inputs, ...applicability.inputs, ...all.flatMap((trial) => trial.inputs)];
  checks.push(bundlesCheck(all, await listLostAttempts(root, selected.id, trials)));
  if (view.policy === null)
    return {
      ...found,
      trials,
      inputs,
      checks: [...checks, ...withoutComparison("no comparison without a sound policy")],
    };
  const { comparison, bytes } = compareTrials(selected, view.policy, trials, earlier, applicability.records);
  const stored = await checkStoredComparison(root, selected.id, bytes);
  checks.push(comparisonCheck(comparison), storedCheck(stored, selected.id));
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
const withoutEvidence = (why: string): GateCheck[] => [notRun("bundles", why), ...withoutComparison(why)];
