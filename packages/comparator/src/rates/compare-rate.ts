import type { PlannedLane } from "@stage6/evidence-interface";
import { MAX_EVIDENCE, type CellComponent, type Evidence, type Rate } from "../comparison.ts";
import { evidenceOf, slotEvidence } from "../evidence.ts";
import type { JudgedSlot } from "../judge-trial.ts";
import type { Frame } from "../rule.ts";
import { asksModel } from "../sets/compare-kinds.ts";
import { decideRate, type RateBasis } from "./decide-rate.ts";
import { rounded, type PooledRate } from "./pooled-rates.ts";
import type { RateRule } from "./trial-rates.ts";

/** Both sides of a rate: lanes, and all their planned trials of one fixture. */
export interface RateSides {
  readonly candidate: PlannedLane | null;
  readonly baseline: PlannedLane;
  readonly candidateTrials: readonly JudgedSlot[];
  readonly baselineTrials: readonly JudgedSlot[];
}

/** One rate of candidate and baseline as a component of the fixture's cell. */
export function compareRate(
  { component, meaning }: RateRule,
  sides: RateSides,
  { counts, decision }: PooledRate,
  { plan, policy }: Frame,
): CellComponent {
  const basis: RateBasis =
    plan.evidenceClass === "scripted"
      ? "scripted"
      : asksModel(sides.candidate) && asksModel(sides.baseline)
        ? "tested"
        : "no-model";
  const tested = basis === "tested";
  const fixture = {
    candidate: share(sides.candidateTrials, component),
    baseline: share(sides.baselineTrials, component),
  };
  const { verdict, fisher } = decideRate(basis, fixture, decision.verdict);
  const rate: Rate = {
    meaning,
    basis,
    fixture,
    pooled: counts,
    margin: policy.rates.margin,
    z: tested ? rounded(Math.max(-99, Math.min(99, decision.z))) : null,
    zNeeded: policy.rates.z,
    fisher: fisher === null ? null : rounded(fisher),
    needed: tested && verdict === "inconclusive" ? decision.needed : null,
  };
  const facts = [
    ...reason(plan.candidate, sides.baseline.lane, verdict, rate),
    ...missedIn(sides.candidateTrials, component),
    ...missedIn(sides.baselineTrials, component),
  ];
  return {
    component,
    kind: "rate",
    candidateViolations: fixture.candidate.of - fixture.candidate.hits,
    baselineViolations: fixture.baseline.of - fixture.baseline.hits,
    verdict,
    rate,
    evidence: facts.slice(0, MAX_EVIDENCE),
    evidenceTotal: facts.length,
  };
}

/** Why a rate keeps a cell from passing, in numbers: the fact before those about single trials. */
function reason(
  candidate: string,
  baseline: string,
  verdict: CellComponent["verdict"],
  { fixture, pooled, z, zNeeded, fisher, needed }: Rate,
): Evidence[] {
  const of = ({ candidate: ours, baseline: theirs }: Rate["fixture"] | Rate["pooled"]): string =>
    `${ours.hits} of ${ours.of} trials against ${theirs.hits} of ${theirs.of} of ${baseline}`;
  if (verdict === "worse") {
    const text = `${of(fixture)} on this fixture (p ${fisher ?? "-"}), ${of(pooled)} over all fixtures (z ${z ?? "-"})`;
    return [evidenceOf(candidate, null, "RATE_LOWER", "", text)];
  }
  if (verdict !== "inconclusive") return [];
  const text = `${of(pooled)} over all fixtures: z ${z ?? "-"} does not exceed ${zNeeded}; needed: ${
    needed === null ? "no number of trials would do" : `${needed} trials of each lane without a further miss`
  }`;
  return [evidenceOf(candidate, null, "RATE_INCONCLUSIVE", "", text)];
}

function missedIn(trials: readonly JudgedSlot[], component: string): Evidence[] {
  return trials.flatMap(({ slot, rates }) =>
    (rates.get(component)?.missed ?? []).map(({ where, what }) =>
      slotEvidence(slot, "RATE_MISS", where, what),
    ),
  );
}

function share(trials: readonly JudgedSlot[], component: string): Rate["fixture"]["candidate"] {
  const sum = { hits: 0, of: trials.length, parts: 0, whole: 0 };
  for (const { rates } of trials) {
    const one = rates.get(component);
    sum.hits += one !== undefined && one.missed.length === 0 ? 1 : 0;
    sum.parts += one?.parts ?? 0;
    sum.whole += one?.whole ?? 1;
  }
  return sum;
}
