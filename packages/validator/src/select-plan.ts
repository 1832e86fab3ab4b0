import type { PlanEntry } from "./read-plans.ts";

/** The plan with this id, or the newest when none is asked for; null when there is none. Plans are sorted by age. */
export function selectPlan(plans: readonly PlanEntry[], planId: string | null): PlanEntry | null {
  return (planId === null ? plans.at(-1) : plans.find(({ id }) => id === planId)) ?? null;
}
