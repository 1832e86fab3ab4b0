import { farringtonManning, type Proportion } from "../statistics/farrington-manning.ts";
import { fisherLower } from "../statistics/fisher.ts";
import { trialsNeeded } from "../statistics/trials-needed.ts";

/** Candidate and baseline, each as hits of planned trials. */
export interface RatePair {
  readonly candidate: Proportion;
  readonly baseline: Proportion;
}

/**
 * Whether a rate decides. `tested`: live trials are draws, so the statistics below do; `scripted`: scripted trials repeat
 * one input and are no draws; `no-model`: a lane without a model is no population. The last two are shown, not counted.
 */
export type RateBasis = "tested" | "scripted" | "no-model";

/** Margin and threshold of the test of non-inferiority. */
export interface RateRules {
  readonly margin: number;
  readonly z: number;
}

/** What the counts over all fixtures say. */
export interface PooledDecision {
  readonly verdict: "beats" | "matches" | "worse" | "inconclusive";
  /** Score of non-inferiority. */
  readonly z: number;
  /** Trials of each lane that would be needed without a further miss; null unless inconclusive. */
  readonly needed: number | null;
}

/** What one rate says on one fixture; `shown`: it decides nothing, neither for the candidate nor against it. */
export interface RateDecision {
  readonly verdict: PooledDecision["verdict"] | "shown";
  /** One-sided p of the candidate being lower on this fixture; null unless tested. */
  readonly fisher: number | null;
}

const LOWER = 0.05;
/** A better rate is never needed, so that it is only believed when chance would not show it once in 10,000 gates. */
const BETTER = 1e-7;

/** Tests the counts over all fixtures; fewer hits of the candidate, or more of the baseline, never help. */
export function decidePooled(
  { candidate, baseline }: RatePair,
  { margin, z: least }: RateRules,
): PooledDecision {
  const z = farringtonManning(candidate, baseline, margin);
  if (z > least)
    return { z, needed: null, verdict: fisherLower(baseline, candidate) < BETTER ? "beats" : "matches" };
  if (fisherLower(candidate, baseline) < LOWER) return { z, needed: null, verdict: "worse" };
  return { z, needed: trialsNeeded(candidate, baseline, margin, least), verdict: "inconclusive" };
}

/** Decides one rate on one fixture; a fixture on which the candidate is lower beyond chance is not mended by the others. */
export function decideRate(
  basis: RateBasis,
  { candidate, baseline }: RatePair,
  pooled: PooledDecision["verdict"],
): RateDecision {
  switch (basis) {
    case "scripted":
    case "no-model":
      return { verdict: "shown", fisher: null };
    case "tested": {
      const fisher = fisherLower(candidate, baseline);
      return { verdict: fisher < LOWER ? "worse" : pooled, fisher };
    }
  }
}
