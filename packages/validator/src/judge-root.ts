import { compare, type Comparison } from "@stage6/comparator";
import { judgeDocuments } from "@stage6/eligibility";
import type { Coverage } from "@stage6/failure-matrix";
import { checkStoredComparison } from "./check-stored-comparison.ts";
import { applicabilityCheck } from "./checks/applicability-check.ts";
import { documentChecks } from "./checks/document-checks.ts";
import { bundlesCheck, comparisonCheck, evidenceClassCheck, storedCheck } from "./checks/evidence-checks.ts";
import { gateChecks, GATE_CHECK_IDS } from "./checks/gate-checks.ts";
import { journalCheck } from "./checks/journal-check.ts";
import { notRun } from "./checks/make-check.ts";
import { compareTrials } from "./compare-trials.ts";
import type { GateCheck } from "./gate-check.ts";
import { readGate, type GateView, type ReadGateOptions } from "./gate/read-gate.ts";
import type { RootInput } from "./root-input.ts";

/** Everything found while judging a harness root. */
export interface JudgedRoot {
  readonly gate: GateView;
  readonly comparison: Comparison | null;
  readonly matrix: Coverage["counts"] | null;
  readonly checks: readonly GateCheck[];
  readonly inputs: readonly RootInput[];
}

/** Reads a harness root and runs every check that can run; the others fail as NOT_RUN. */
export async function judgeRoot(options: ReadGateOptions): Promise<JudgedRoot> {
  const gate = await readGate(options);
  const { view, selected, documents, matrix, inputs } = gate;
  const compareWith = gate.verified?.compare ?? compare;
  const waiver = options.withoutSource === true ? { withoutSource: true } : {};
  const evidence = await judgeEvidence(options, gate, compareWith);
  const checks = [
    ...documentChecks({ ...view, findings: gate.findings }, selected, options.planId ?? null),
    journalCheck(gate.journal, inputs),
    ...evidence.checks,
    ...(documents === null
      ? GATE_CHECK_IDS.map((id) => notRun(id, "the harness root could not be read"))
      : gateChecks(judgeDocuments(documents, { now: options.now, ...waiver }, compareWith).checks)),
  ];
  await gate.verified?.save();
  return {
    gate,
    comparison: evidence.comparison,
    matrix: matrix?.coverage?.counts ?? null,
    checks,
    inputs: [...inputs, ...evidence.inputs],
  };
}

async function judgeEvidence(
  { root, now }: ReadGateOptions,
  { view, selected, trials, earlier, applicability, attempts }: GateView,
  compareWith: typeof compare,
): Promise<Pick<JudgedRoot, "comparison" | "checks" | "inputs">> {
  const found = { comparison: null, inputs: [] };
  if (selected === null)
    return {
      ...found,
      checks: [...withoutEvidence("no plan says what has to be there"), notRun("evidence-class", "no plan")],
    };
  const checks = [evidenceClassCheck(selected, view.policy?.document ?? null)];
  if (applicability === null || attempts === null)
    return {
      ...found,
      checks: [...checks, ...withoutEvidence("no bundle can be believed without sound trusted keys")],
    };
  const all = [...trials, ...earlier.flatMap((one) => one.trials)];
  checks.push(bundlesCheck(all, attempts));
  if (view.policy === null)
    return {
      ...found,
      checks: [
        ...checks,
        applicabilityCheck(applicability, selected, null, now),
        ...withoutComparison("no comparison without a sound policy"),
      ],
    };
  const { comparison, bytes } = compareTrials(
    selected,
    view.policy,
    trials,
    earlier,
    applicability.records,
    compareWith,
  );
  const stored = await checkStoredComparison(root, selected.id, bytes);
  checks.push(
    applicabilityCheck(applicability, selected, comparison, now),
    comparisonCheck(comparison),
    storedCheck(stored, selected.id),
  );
  return { comparison, checks, inputs: stored.input === null ? [] : [stored.input] };
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
