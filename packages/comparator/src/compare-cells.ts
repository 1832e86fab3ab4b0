import type { PlannedFixture, PlannedLane, TrialPlan } from "@stage6/evidence-interface";
import { compareCell } from "./cell.ts";
import type { Cell } from "./comparison.ts";
import { DIMENSIONS } from "./dimension.ts";
import type { JudgedSlot } from "./judge-trial.ts";
import { groupBy, sortedBy } from "./order.ts";
import { laneRates, poolRates } from "./rates/pooled-rates.ts";
import type { Frame } from "./rule.ts";

/**
 * Every cell: baseline by fixture by dimension. The first plan is the one compared; a fixture of an earlier plan keeps its
 * cells, so that no fixture is dropped by planning again.
 */
export function compareCells(
  frame: Frame,
  judged: readonly JudgedSlot[],
  plans: readonly TrialPlan[],
): Cell[] {
  const { plan, policy } = frame;
  const groups = groupBy(judged, ({ slot }) => `${slot.lane.lane}/${slot.fixture.id}`);
  const lanes = groupBy(judged, ({ slot }) => slot.lane.lane);
  const candidateAvailable = (lanes.get(plan.candidate) ?? []).some(({ slot }) => slot.state !== "missing");
  const candidateRates = laneRates(lanes.get(plan.candidate) ?? []);
  const fixtures = sortedBy(firstById(plans.flatMap((one) => one.fixtures)), ({ id }) => id);
  return sortedBy(plan.lanes, ({ lane }) => lane)
    .filter(({ lane }) => lane !== plan.candidate)
    .flatMap((named) => {
      const baseline = asPlanned(named, plans);
      const pooled = poolRates(candidateRates, laneRates(lanes.get(baseline.lane) ?? []), policy.rates);
      return fixtures.flatMap((fixture) => {
        const pair = {
          candidate: plan.lanes.find(({ lane }) => lane === plan.candidate) ?? null,
          baseline,
          fixture,
          candidateTrials: groups.get(`${plan.candidate}/${fixture.id}`) ?? [],
          baselineTrials: groups.get(`${baseline.lane}/${fixture.id}`) ?? [],
          candidateAvailable,
          pooled,
        };
        return DIMENSIONS.map((dimension) => compareCell(pair, dimension, frame));
      });
    });
}

/** A baseline that an earlier plan drove is applicable, even when this plan calls it blocked. */
function asPlanned(lane: PlannedLane, plans: readonly TrialPlan[]): PlannedLane {
  const planned = plans
    .flatMap(({ lanes }) => lanes)
    .find((one) => one.lane === lane.lane && one.state === "planned");
  return planned ?? lane;
}

function firstById(fixtures: readonly PlannedFixture[]): PlannedFixture[] {
  return [...new Map(fixtures.toReversed().map((fixture) => [fixture.id, fixture])).values()];
}
