import { earlierPlansOf, type EarlierPlan } from "@stage6/comparator";
import type { TrustedKeys } from "@stage6/evidence-interface";
import { collectTrials, type CollectOptions } from "./collect-trials.ts";
import type { CollectedTrial } from "./read-trial.ts";
import type { PlanEntry } from "./read-plans.ts";

/** An earlier plan with its trials as they were collected. */
export interface CollectedPlan extends EarlierPlan {
  readonly trials: readonly CollectedTrial[];
}

/**
 * Every plan of a root that the given plan lists or has to list as earlier ones. Their trials are read for live evidence
 * alone: scripted trials are not pooled.
 */
export async function collectEarlier(
  root: string,
  { plan, id }: PlanEntry,
  plans: readonly PlanEntry[],
  trusted: TrustedKeys,
  options: CollectOptions = {},
): Promise<CollectedPlan[]> {
  const due = new Set(earlierPlansOf(plan, plans, id).map((one) => one.id));
  const listed = plan.earlierPlans ?? [];
  const found = plans.filter((one) => one.id !== id && (due.has(one.id) || listed.includes(one.id)));
  const collected: CollectedPlan[] = [];
  for (const one of found) {
    const trials =
      plan.evidenceClass === "live" ? await collectTrials(root, one.plan, one.id, trusted, options) : [];
    collected.push({ ...one, trials });
  }
  return collected;
}
