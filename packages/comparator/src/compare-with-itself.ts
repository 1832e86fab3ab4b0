import { SCHEMA_VERSION, type PlannedLane, type TrialPlan } from "@stage6/evidence-interface";
import { compareCell, type Pair } from "./cell.ts";
import type { CellComponent } from "./comparison.ts";
import type { CompareInput } from "./compare.ts";
import { frameOf } from "./frame-of.ts";
import { DIMENSIONS } from "./dimension.ts";
import { judgeTrial, type JudgedSlot } from "./judge-trial.ts";
import { sortedBy } from "./order.ts";
import { laneRates, poolRates } from "./rates/pooled-rates.ts";
import type { Frame } from "./rule.ts";
import type { SelfCell, SelfComparison } from "./self-comparison.ts";
import { arrangeTrials } from "./trial-slots.ts";

/**
 * Compares one lane with itself (A/A): trials with odd numbers against those with even ones, in both directions. A lane
 * is no better than itself, so that no cell beats: whatever differs is noise of the harness or of the lane, and undecided.
 */
export function compareWithItself(input: CompareInput, lane: string): SelfComparison {
  const frame = frameOf(input);
  const planned = input.plan.lanes.find((one) => one.lane === lane) ?? null;
  const paired = Math.floor(input.plan.trialsPerCell / 2) * 2;
  const judged = arrangeTrials(input.plan, input.trials)
    .slots.filter((slot) => slot.lane.lane === lane && slot.number <= paired)
    .map((slot) => judgeTrial(slot, frame));
  const nothing = judged.every(({ slot }) => slot.state === "missing");
  const cells = planned === null || nothing ? [] : selfCells(input.plan, planned, judged, frame);
  const differing = cells.filter(({ verdict }) => verdict !== "matches");
  return {
    schemaVersion: SCHEMA_VERSION,
    plan: { id: frame.planId, digest: frame.planDigest },
    lane,
    trialsPerHalf: paired / 2,
    leftOut: input.plan.trialsPerCell - paired,
    cells,
    verdict: cells.length > 0 && differing.length === 0 ? "matches" : "inconclusive",
    exitCode: cells.length > 0 && differing.length === 0 ? 0 : 5,
    activation: "none",
  };
}

const differs = (verdict: CellComponent["verdict"]): boolean => verdict !== "matches" && verdict !== "shown";

function selfCells(
  plan: TrialPlan,
  lane: PlannedLane,
  judged: readonly JudgedSlot[],
  frame: Frame,
): SelfCell[] {
  const odd = judged.filter(({ slot }) => slot.number % 2 === 1);
  const even = judged.filter(({ slot }) => slot.number % 2 === 0);
  const rules = frame.policy.rates;
  const forth = poolRates(laneRates(odd), laneRates(even), rules);
  const back = poolRates(laneRates(even), laneRates(odd), rules);
  return sortedBy(plan.fixtures, ({ id }) => id).flatMap((fixture) => {
    const here = (half: readonly JudgedSlot[]): JudgedSlot[] =>
      half.filter(({ slot }) => slot.fixture.id === fixture.id);
    const pair = (a: readonly JudgedSlot[], b: readonly JudgedSlot[], pooled: Pair["pooled"]): Pair => ({
      candidate: lane,
      baseline: lane,
      fixture,
      candidateTrials: here(a),
      baselineTrials: here(b),
      candidateAvailable: judged.some(({ slot }) => slot.state !== "missing"),
      pooled,
    });
    return DIMENSIONS.map((dimension): SelfCell => {
      const both = [
        compareCell(pair(odd, even, forth), dimension, frame),
        compareCell(pair(even, odd, back), dimension, frame),
      ];
      const off = both.find(({ verdict }) => verdict !== "matches" && verdict !== "beats");
      return {
        fixture: fixture.id,
        dimension,
        verdict: off === undefined ? "matches" : "inconclusive",
        code: off === undefined ? null : off.code,
        components: off === undefined ? [] : off.components.filter(({ verdict }) => differs(verdict)),
      };
    });
  });
}
