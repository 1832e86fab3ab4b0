import { escapeText, type TrialPlan } from "@stage6/evidence-interface";
import { textTable } from "./text-table.ts";

/** Upper bounds of what a plan may cost; a trial that ends early costs less. */
export interface PlanBounds {
  readonly trials: number;
  /** All trials one after the other, each up to its limits, ms. */
  readonly worstMs: number;
  /** Model requests of the lanes that ask a model. */
  readonly worstRequests: number;
}

/** What a plan costs at most. Pure. */
export function boundsOf(plan: TrialPlan): PlanBounds {
  const cells = plan.fixtures.length * plan.trialsPerCell;
  const planned = plan.lanes.filter(({ state }) => state === "planned");
  const asking = planned.filter(({ model }) => model !== null && model.class !== "none");
  const trials = planned.length * cells;
  return {
    trials,
    worstMs: trials * (plan.limits.totalMs + plan.limits.oracleMs),
    worstRequests: asking.length * cells * plan.limits.modelRequests,
  };
}

/** A plan for a reader: its lanes, its fixtures, and what it costs at most. */
export function describePlan(plan: TrialPlan): string[] {
  const { trials, worstMs, worstRequests } = boundsOf(plan);
  const minutes = Math.ceil(worstMs / 60_000);
  const perTrial = Math.ceil((plan.limits.totalMs + plan.limits.oracleMs) / 60_000);
  return [
    ...textTable([
      ["lane", "state", "backend"],
      ...plan.lanes.map(({ lane, state, backendVersion, reason }) => [
        lane,
        state,
        escapeText(reason === null ? (backendVersion ?? "") : `${reason.code}: ${reason.detail}`),
      ]),
    ]),
    "",
    `candidate: ${plan.candidate}`,
    `fixtures:  ${plan.fixtures.map(({ id }) => id).join(", ")}`,
    `trials:    ${plan.trialsPerCell} of each planned lane on each fixture, ${trials} in all`,
    `model:     ${plan.modelClass === "scripted" ? "scripted (embedded, no network, no cost): a rehearsal" : plan.modelClass}`,
    `bounds:    ${plan.boundsTier}${plan.bounds === undefined ? "" : ` (${plan.bounds.requested} asked for: ${escapeText(plan.bounds.reason)})`}`,
    `at most:   ${perTrial} minutes per trial, ${minutes} minutes one after the other, ${worstRequests} model requests`,
  ];
}
