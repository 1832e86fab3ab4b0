import {
  SCHEMA_VERSION,
  type HarnessRef,
  type Sha256,
  type Timestamp,
  type TrialPlan,
} from "@stage6/evidence-interface";
import type { Static } from "typebox";
import type { ApplicabilityInput } from "./applicability.ts";
import { applicability } from "./checks/applicability.ts";
import type { Gathered } from "./checks/check.ts";
import { earlierPlansListed } from "./checks/earlier-plans.ts";
import { dimensionCheck } from "./checks/dimension-check.ts";
import { boundsFloor, comparable, evidenceClass, policyBound } from "./checks/frame-checks.ts";
import { baselinesPresent, candidatePresent, realBaselines } from "./checks/lane-checks.ts";
import { bundlesValid, trialsComplete, trialsInOrder, trialsSufficient } from "./checks/trial-checks.ts";
import type { Check, Comparison } from "./comparison.ts";
import { DIMENSIONS } from "./dimension.ts";
import type { EarlierPlan } from "./earlier-plans.ts";
import { compareCells } from "./compare-cells.ts";
import { frameOf } from "./frame-of.ts";
import { judgeTrial, type JudgedSlot } from "./judge-trial.ts";
import { summarizeLane } from "./lane-summary.ts";
import { summarizeBounds } from "./open-actions.ts";
import { groupBy, sortedBy } from "./order.ts";
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
  /** Every plan made before for the same candidate that the caller knows of; none when left out. */
  readonly earlier?: readonly EarlierPlan[];
  /** Records of lanes that are not applicable to this plan; none when left out. */
  readonly applicability?: readonly ApplicabilityInput[];
  /** The software that compares. */
  readonly harness: Static<typeof HarnessRef>;
  /** Time to write into the document; it decides nothing. */
  readonly now?: Timestamp;
}

/** Compares the candidate with every baseline of the plan, on every fixture, in all five dimensions. Pure and total. */
export function compare(input: CompareInput): Comparison {
  const { plan, planDigest, policyDigest, harness } = input;
  const frame = frameOf(input);
  const earlier = sortedBy(input.earlier ?? [], ({ id }) => id);
  const pooled = plan.evidenceClass === "live" ? earlier : [];
  const own = arrangeTrials(plan, input.trials);
  const others = pooled.map((one) => arrangeEarlier(one, frame));
  const arrangement = {
    slots: own.slots,
    extras: [...own.extras, ...others.flatMap(({ extras }) => extras)],
  };
  const judged = [
    ...own.slots.map((slot) => judgeTrial(slot, frame)),
    ...others.flatMap(({ judged: slots }) => slots),
  ];
  const byLane = groupBy(judged, ({ slot }) => slot.lane.lane);
  const lanes = sortedBy(plan.lanes, ({ lane }) => lane).map((lane) =>
    summarizeLane(lane, byLane.get(lane.lane) ?? []),
  );
  const cells = compareCells(frame, judged, [plan, ...pooled.map((one) => one.plan)]);
  const checks = runChecks({
    frame,
    arrangement,
    earlier,
    applicability: input.applicability ?? [],
    judged,
    lanes,
    cells,
  });
  const exitCode = exitCodeOf(checks);
  return {
    schemaVersion: SCHEMA_VERSION,
    harness: { name: harness.name, version: harness.version },
    ...(input.now === undefined ? {} : { now: input.now }),
    plan: {
      id: frame.planId,
      digest: planDigest,
      looks: (plan.earlierPlans?.length ?? 0) + 1,
      earlier: earlier.map(({ id, digest }) => ({ id, digest, pooled: pooled.length > 0 })),
    },
    policyDigest,
    candidate: plan.candidate,
    evidenceClass: plan.evidenceClass,
    bounds: summarizeBounds(
      judged.flatMap(({ slot }) => slot.input ?? []),
      plan.evidenceClass === "live",
    ),
    lanes,
    cells,
    checks,
    verdict: verdictOf(exitCode),
    exitCode,
    standing: standingOf(exitCode, cells),
    activation: "none",
  };
}

/** The trials of an earlier plan, judged by that plan's own frame. */
function arrangeEarlier(
  { id, digest, plan, trials }: EarlierPlan,
  { policy, policyDigest }: Frame,
): { readonly judged: readonly JudgedSlot[]; readonly extras: readonly TrialInput[] } {
  const frame: Frame = { plan, planId: id, planDigest: digest, policy, policyDigest };
  const { slots, extras } = arrangeTrials(plan, trials, id);
  return { judged: slots.map((slot) => judgeTrial(slot, frame)), extras };
}

function runChecks(gathered: Gathered): Check[] {
  const checks = [
    candidatePresent(gathered),
    baselinesPresent(gathered),
    realBaselines(gathered),
    applicability(gathered),
    earlierPlansListed(gathered),
    trialsComplete(gathered),
    trialsSufficient(gathered),
    trialsInOrder(gathered),
    bundlesValid(gathered),
    comparable(gathered),
    policyBound(gathered),
    evidenceClass(gathered),
    boundsFloor(gathered),
    ...DIMENSIONS.map((dimension) => dimensionCheck(dimension, gathered)),
  ];
  return sortedBy(checks, ({ id }) => id);
}
