import type { Proportion } from "./farrington-manning.ts";

/**
 * One-sided exact test of Fisher: probability, under equal proportions and fixed margins, of `ours` having so few hits or
 * fewer. Small p speaks for `ours` being lower. Source: R. A. Fisher, JRSS 98 (1935) 39-54.
 */
export function fisherLower(ours: Proportion, theirs: Proportion): number {
  const hits = ours.hits + theirs.hits;
  const least = Math.max(0, hits - theirs.of);
  const most = Math.min(ours.of, hits);
  // Ratios of neighbouring hypergeometric terms, scaled by their sum: no factorial, no overflow below 10^5 trials.
  let log = 0;
  const logs: number[] = [];
  for (let x = least; x <= most; x += 1) {
    logs.push(log);
    log += Math.log(((ours.of - x) * (hits - x)) / ((x + 1) * (theirs.of - hits + x + 1)));
  }
  const top = Math.max(...logs);
  let below = 0;
  let all = 0;
  for (const [at, one] of logs.entries()) {
    const term = Math.exp(one - top);
    all += term;
    if (least + at <= ours.hits) below += term;
  }
  return Math.min(1, below / all);
}
