import type { Proportion } from "./farrington-manning.ts";

/** Lower and upper bound of a proportion. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Normal quantile of a two-sided interval of 95 %. */
const Z95 = 1.959963984540054;
/** Halvings of [0, 1]: past the 53 bits of a double nothing moves. */
const HALVINGS = 60;
/** Smallest double that keeps all its 53 bits; below it a recursion that starts there is wrong in the fifth digit. */
const SMALLEST_NORMAL = 2 ** -1022;

/** Wilson's score interval, 95 % two-sided; no trials give [0, 1]. Source: E. B. Wilson, JASA 22 (1927) 209-212. */
export function wilson({ hits, of }: Proportion): Interval {
  if (of === 0) return { lower: 0, upper: 1 };
  const share = hits / of;
  const z2 = Z95 ** 2 / of;
  const centre = share + z2 / 2;
  const half = Z95 * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of));
  return {
    lower: hits === 0 ? 0 : (centre - half) / (1 + z2),
    upper: hits === of ? 1 : (centre + half) / (1 + z2),
  };
}

/**
 * Exact interval, 95 % two-sided: the proportions under which so many, or so few, hits have probability 2.5 %. No trials
 * give [0, 1]. Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404-413. The binomial tail is inverted by
 * halving instead of a beta quantile: the one exact npm implementation found brings 224 packages for this one function.
 */
export function clopperPearson({ hits, of }: Proportion): Interval {
  const alpha = 0.025;
  return {
    lower: hits === 0 ? 0 : solve((p) => atLeast(hits, of, p) < alpha),
    upper: hits === of ? 1 : solve((p) => 1 - atLeast(hits + 1, of, p) > alpha),
  };
}

/** Largest p at which `below` still holds; `below` must turn from true to false once. */
function solve(below: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (below(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X >= k) of a binomial, 0 < p < 1, summed from the smaller side so that little is lost. */
function atLeast(k: number, of: number, p: number): number {
  if (k > of) return 0;
  let term = Math.exp(of * Math.log1p(-p));
  let below = 0;
  let above = 0;
  if (term < SMALLEST_NORMAL) return atLeastLog(k, of, p);
  for (let x = 0; x <= of; x += 1) {
    if (x < k) below += term;
    else above += term;
    term *= ((of - x) / (x + 1)) * (p / (1 - p));
  }
  return above < 0.5 ? above : 1 - below;
}

/** The same where (1 - p)^of underflows: the recursion runs from the other end. */
function atLeastLog(k: number, of: number, p: number): number {
  let logTerm = of * Math.log(p);
  let above = 0;
  for (let x = of; x >= k; x -= 1) {
    above += Math.exp(logTerm);
    logTerm += Math.log(x / (of - x + 1)) + Math.log1p(-p) - Math.log(p);
  }
  return Math.min(1, above);
}
