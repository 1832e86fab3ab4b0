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
 * The plans that a plan has to list: those made before it for the same candidate binary with the same class of evidence,
 * sorted by id. To plan again until a comparison passes is no evidence, so that nobody may start afresh.
 */
export function earlierPlansOf(plan: TrialPlan, known: readonly KnownPlan[]): KnownPlan[] {
  const binary = candidateBinary(plan);
  if (binary === null) return [];
  return known
    .filter(
      (one) =>
        one.plan.createdAt < plan.createdAt &&
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
