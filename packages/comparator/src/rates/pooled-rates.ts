import type { Rate } from "../comparison.ts";
import type { JudgedSlot } from "../judge-trial.ts";
import type { Proportion } from "../statistics/farrington-manning.ts";
import { clopperPearson, wilson, type Interval } from "../statistics/intervals.ts";
import { decidePooled, type PooledDecision, type RateRules } from "./decide-rate.ts";
import { RATES } from "./trial-rates.ts";

/** A lane's rates over all its planned trials, by component. */
export type LaneRates = ReadonlyMap<string, Rate["pooled"]["candidate"]>;

/** One rate of candidate and baseline over all fixtures: counts, intervals, and what they say when they are tested. */
export interface PooledRate {
  readonly counts: Rate["pooled"];
  readonly decision: PooledDecision;
}

/** Sums up the rates of one lane, with intervals. */
export function laneRates(trials: readonly JudgedSlot[]): LaneRates {
  return new Map(
    RATES.map(({ component }) => {
      const hits = trials.filter(({ rates }) => rates.get(component)?.missed.length === 0).length;
      return [component, withIntervals({ hits, of: trials.length })];
    }),
  );
}

/** Holds the rates of two lanes against each other, once for all fixtures. */
export function poolRates(
  candidate: LaneRates,
  baseline: LaneRates,
  rules: RateRules,
): ReadonlyMap<string, PooledRate> {
  const nothing = withIntervals({ hits: 0, of: 0 });
  return new Map(
    RATES.map(({ component }) => {
      const counts = {
        candidate: candidate.get(component) ?? nothing,
        baseline: baseline.get(component) ?? nothing,
      };
      return [component, { counts, decision: decidePooled(counts, rules) }];
    }),
  );
}

function withIntervals({ hits, of }: Proportion): Rate["pooled"]["candidate"] {
  const shown = ({ lower, upper }: Interval): Interval => ({
    lower: rounded(lower),
    upper: rounded(upper),
  });
  return { hits, of, wilson: shown(wilson({ hits, of })), exact: shown(clopperPearson({ hits, of })) };
}

/** Six decimals: what is written does not depend on the last bits of a logarithm. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
