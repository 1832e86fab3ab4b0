import type { Id, Sha256, TrialPlan } from "@stage6/evidence-interface";
import { byCodeUnit } from "./order.ts";
import type { TrialInput } from "./trial-input.ts";

/** A plan with its identity: the first 16 hex digits of its digest are its id. */
export interface KnownPlan {
  readonly id: Id;
  readonly digest: Sha256;
  readonly plan: TrialPlan;
}

/** A plan that was made before for the same candidate, and the trials that were found for it. */
export interface EarlierPlan extends KnownPlan {
  readonly trials: readonly TrialInput[];
}

/**
 * The plans that a plan has to list: every other one for the same candidate binary with the same class of evidence that does
 * not list it, sorted by id. The dates of plans decide nothing here: who plans again may state any. To plan again until a
 * comparison passes is no evidence. `id`: the plan's own; null for one that is being made.
 */
export function earlierPlansOf(plan: TrialPlan, known: readonly KnownPlan[], id: Id | null): KnownPlan[] {
  const binary = candidateBinary(plan);
  if (binary === null) return [];
  return known
    .filter(
      (one) =>
        one.id !== id &&
        (id === null || one.plan.earlierPlans?.includes(id) !== true) &&
        one.plan.candidate === plan.candidate &&
        one.plan.evidenceClass === plan.evidenceClass &&
        candidateBinary(one.plan) === binary,
    )
    .sort((a, b) => byCodeUnit(a.id, b.id));
}

/** Digest of the candidate's binary as the plan pins it; null when the candidate is blocked, unplanned or unpinned. */
export function candidateBinary({ lanes, candidate }: TrialPlan): Sha256 | null {
  return lanes.find(({ lane, state }) => lane === candidate && state === "planned")?.backendSha256 ?? null;
}
