import {
  digestHex,
  SCHEMA_VERSION,
  type HarnessRef,
  type Sha256,
  type Timestamp,
  type TrialPlan,
} from "@stage6/evidence-interface";
import type { Static } from "typebox";
import { compareCell } from "./cell.ts";
import type { Gathered } from "./checks/check.ts";
import { dimensionCheck } from "./checks/dimension-check.ts";
import { boundsFloor, comparable, evidenceClass, policyBound } from "./checks/frame-checks.ts";
import { baselinesPresent, candidatePresent, realBaselines } from "./checks/lane-checks.ts";
import { bundlesValid, trialsComplete, trialsSufficient } from "./checks/trial-checks.ts";
import type { Cell, Check, Comparison } from "./comparison.ts";
import { DIMENSIONS } from "./dimension.ts";
import { judgeTrial, type JudgedSlot } from "./judge-trial.ts";
import { summarizeLane } from "./lane-summary.ts";
import { sortedBy } from "./order.ts";
import type { Policy } from "./policy.ts";
import type { Frame } from "./rule.ts";
import type { TrialInput } from "./trial-input.ts";
import { arrangeTrials } from "./trial-slots.ts";
import { exitCodeOf, standingOf, verdictOf } from "./verdict.ts";

/** What a comparison is made from: documents that were read and checked elsewhere. */
export interface CompareInput {
  readonly plan: TrialPlan;
  /** SHA-256 of the plan's bytes; its first 16 hex digits are the plan's id. */
  readonly planDigest: Sha256;
  readonly policy: Policy;
  /** SHA-256 of the policy's bytes. */
  readonly policyDigest: Sha256;
  readonly trials: readonly TrialInput[];
  /** The software that compares. */
  readonly harness: Static<typeof HarnessRef>;
  /** Time to write into the document; it decides nothing. */
  readonly now?: Timestamp;
}

/** Compares the candidate with every baseline of the plan, on every fixture, in all five dimensions. Pure and total. */
export function compare(input: CompareInput): Comparison {
  const { plan, planDigest, policy, policyDigest, harness } = input;
  const frame: Frame = { plan, planId: digestHex(planDigest).slice(0, 16), planDigest, policy, policyDigest };
  const arrangement = arrangeTrials(plan, input.trials);
  const judged = arrangement.slots.map((slot) => judgeTrial(slot, frame));
  const lanes = sortedBy(plan.lanes, ({ lane }) => lane).map((lane) =>
    summarizeLane(
      lane,
      judged.filter(({ slot }) => slot.lane.lane === lane.lane),
    ),
  );
  const cells = compareCells(frame, judged);
  const checks = runChecks({ frame, arrangement, judged, lanes, cells });
  const exitCode = exitCodeOf(checks);
  return {
    schemaVersion: SCHEMA_VERSION,
    harness: { name: harness.name, version: harness.version },
    ...(input.now === undefined ? {} : { now: input.now }),
    plan: { id: frame.planId, digest: planDigest },
    policyDigest,
    candidate: plan.candidate,
    evidenceClass: plan.evidenceClass,
    lanes,
    cells,
    checks,
    verdict: verdictOf(exitCode),
    exitCode,
    standing: standingOf(exitCode, cells),
    activation: "none",
  };
}

function compareCells(frame: Frame, judged: readonly JudgedSlot[]): Cell[] {
  const { plan } = frame;
  const groups = new Map<string, JudgedSlot[]>();
  for (const one of judged) {
    const key = `${one.slot.lane.lane}/${one.slot.fixture.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const of = (lane: string, fixture: string): JudgedSlot[] => groups.get(`${lane}/${fixture}`) ?? [];
  const candidateAvailable = judged.some(
    ({ slot }) => slot.lane.lane === plan.candidate && slot.state !== "missing",
  );
  return sortedBy(plan.lanes, ({ lane }) => lane)
    .filter(({ lane }) => lane !== plan.candidate)
    .flatMap((baseline) =>
      sortedBy(plan.fixtures, ({ id }) => id).flatMap((fixture) => {
        const pair = {
          baseline,
          fixture,
          candidateTrials: of(plan.candidate, fixture.id),
          baselineTrials: of(baseline.lane, fixture.id),
          candidateAvailable,
        };
        return DIMENSIONS.map((dimension) => compareCell(pair, dimension, frame));
      }),
    );
}

function runChecks(gathered: Gathered): Check[] {
  const checks = [
    candidatePresent(gathered),
    baselinesPresent(gathered),
    realBaselines(gathered),
    trialsComplete(gathered),
    trialsSufficient(gathered),
    bundlesValid(gathered),
    comparable(gathered),
    policyBound(gathered),
    evidenceClass(gathered),
    boundsFloor(gathered),
    ...DIMENSIONS.map((dimension) => dimensionCheck(dimension, gathered)),
  ];
  return sortedBy(checks, ({ id }) => id);
}
