import {
  compare,
  type ApplicabilityInput,
  type Comparison,
  type EarlierPlan,
  type Policy,
  type TrialInput,
} from "@stage6/comparator";
import { writeStrictBytes, type Sha256 } from "@stage6/evidence-interface";
import type { PlanEntry } from "./read-plans.ts";

/**
 * The comparison of a plan's trials and its exact bytes, as they have to stand in `comparisons/<planId>.json`. No time
 * goes in, and the harness is the plan's, so that anyone gets the same bytes from the same evidence.
 */
export function compareTrials(
  { plan, digest }: PlanEntry,
  policy: { readonly document: Policy; readonly digest: Sha256 },
  trials: readonly TrialInput[],
  earlier: readonly EarlierPlan[],
  applicability: readonly ApplicabilityInput[],
  compareWith: typeof compare = compare,
): { readonly comparison: Comparison; readonly bytes: Uint8Array } {
  const comparison = compareWith({
    plan,
    planDigest: digest,
    policy: policy.document,
    policyDigest: policy.digest,
    trials,
    earlier,
    applicability,
    harness: plan.harness,
  });
  return { comparison, bytes: writeStrictBytes(comparison) };
}
