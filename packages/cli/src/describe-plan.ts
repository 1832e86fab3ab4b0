import { escapeText, type TrialPlan } from "@stage6/evidence-interface";
import { textTable } from "./text-table.ts";

/** Upper bounds of what a plan may cost; a trial that ends early costs less. */
export interface PlanBounds {
  readonly trials: number;
  /** All trials one after the other, each up to its limits, ms. */
  readonly worstMs: number;
  /** Model requests of the lanes that ask a model. */
  readonly worstRequests: number;
  /** Requests that cost money: none with the scripted model. What one of them costs, only its endpoint knows. */
  readonly worstPaidRequests: number;
}

/** What a plan costs at most. Pure. */
export function boundsOf(plan: TrialPlan): PlanBounds {
  const cells = plan.fixtures.length * plan.trialsPerCell;
  const planned = plan.lanes.filter(({ state }) => state === "planned");
  const asking = planned.filter(({ model }) => model !== null && model.class !== "none");
  const trials = planned.length * cells;
  const requests = asking.length * cells * plan.limits.modelRequests;
  return {
    trials,
    worstMs: trials * (plan.limits.totalMs + plan.limits.oracleMs),
    worstRequests: requests,
    worstPaidRequests: plan.evidenceClass === "live" ? requests : 0,
  };
}

/** A plan for a reader: its lanes, its fixtures, and what it costs at most. */
export function describePlan(plan: TrialPlan): string[] {
  const { trials, worstMs, worstRequests, worstPaidRequests } = boundsOf(plan);
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
    `look:      ${(plan.earlierPlans?.length ?? 0) + 1} at this candidate${plan.earlierPlans === undefined ? "" : `, after ${plan.earlierPlans.join(", ")}`}`,
    `model:     ${plan.modelClass === "scripted" ? "scripted (embedded, no network, no cost): a rehearsal" : plan.modelClass}`,
    `bounds:    ${plan.boundsTier}${plan.bounds === undefined ? "" : ` (${plan.bounds.requested} asked for: ${escapeText(plan.bounds.reason)})`}`,
    ...(plan.bounds?.probes === undefined ? [] : [`versions:  ${PROBES[plan.bounds.probes]}`]),
    ...(plan.evidenceClass === "live" && plan.boundsTier !== "strict"
      ? [
          "note:      live evidence passes no gate outside of strict bounds: what is not judged there never passes",
        ]
      : []),
    `at most:   ${perTrial} minutes per trial, ${minutes} minutes one after the other, ${worstRequests} model requests`,
    `cost:      ${worstPaidRequests === 0 ? "none, no request leaves this machine" : `at most ${worstPaidRequests} paid model requests`}`,
    `will run:  ${willRun(plan)}`,
  ];
}

const PROBES = {
  confined: "printed by the backends within strict bounds",
  unconfined:
    "printed by the backends unconfined, with the rights of this program: this host has no strict bounds",
} as const;

/** The lanes and how many trials each of them runs. */
function willRun({ lanes, fixtures, trialsPerCell }: TrialPlan): string {
  const planned = lanes.filter(({ state }) => state === "planned").map(({ lane }) => lane);
  if (planned.length === 0) return "nothing, no lane can run";
  return `${planned.join(", ")}: ${fixtures.length * trialsPerCell} trials each`;
}
