import fc from "fast-check";
import { expect, test } from "vitest";
import { farringtonManning, type Proportion } from "./farrington-manning.ts";
import { fisherLower } from "./fisher.ts";
import { clopperPearson, wilson } from "./intervals.ts";
import { trialsNeeded } from "./trials-needed.ts";

const MARGIN = 0.1;
const Z = 1.75;
const proportion = (most: number): fc.Arbitrary<Proportion> =>
  fc
    .integer({ min: 1, max: most })
    .chain((of) => fc.record({ hits: fc.nat({ max: of }), of: fc.constant(of) }));

/** Independent reference: the likelihood under ours = theirs - margin is searched by thirds, without any closed form. */
function scoreBySearch(ours: Proportion, theirs: Proportion, margin: number): number {
  const part = (hits: number, of: number, p: number): number =>
    (hits === 0 ? 0 : hits * Math.log(p)) + (hits === of ? 0 : (of - hits) * Math.log(1 - p));
  const likelihood = (p: number): number =>
    part(ours.hits, ours.of, p) + part(theirs.hits, theirs.of, p + margin);
  let low = 0;
  let high = 1 - margin;
  for (let step = 0; step < 300; step += 1) {
    const left = low + (high - low) / 3;
    const right = high - (high - low) / 3;
    if (likelihood(left) < likelihood(right)) low = left;
    else high = right;
  }
  const a = (low + high) / 2;
  const b = a + margin;
  const variance = (a * (1 - a)) / ours.of + (b * (1 - b)) / theirs.of;
  return (ours.hits / ours.of - theirs.hits / theirs.of + margin) / Math.sqrt(variance);
}

test("the score equals a numeric search of the maximum likelihood", () => {
  fc.assert(
    fc.property(proportion(120), proportion(120), fc.constantFrom(0.05, 0.1, 0.2), (ours, theirs, margin) => {
      const expected = scoreBySearch(ours, theirs, margin);
      expect(Math.abs(farringtonManning(ours, theirs, margin) - expected)).toBeLessThan(
        1e-5 * Math.max(1, Math.abs(expected)),
      );
    }),
    { numRuns: 300 },
  );
});

test("a perfect baseline needs 28, 46, 62 trials for 0, 1, 2 misses, and 59, 94, 126 at a margin of 0.05", () => {
  const needed = (misses: number, margin: number): number | null => {
    for (let of = misses + 1; of < 300; of += 1)
      if (farringtonManning({ hits: of - misses, of }, { hits: of, of }, margin) > Z) return of;
    return null;
  };
  expect([0, 1, 2].map((misses) => needed(misses, MARGIN))).toEqual([28, 46, 62]);
  expect([0, 1, 2].map((misses) => needed(misses, 0.05))).toEqual([59, 94, 126]);
  expect(trialsNeeded({ hits: 29, of: 30 }, { hits: 30, of: 30 }, MARGIN, Z)).toBe(46);
  expect(trialsNeeded({ hits: 5, of: 5 }, { hits: 5, of: 5 }, MARGIN, Z)).toBe(28);
});

test("fewer hits of ours, or more of theirs, never raise the score or the p of being lower", () => {
  for (const of of [5, 30]) {
    for (let ours = 1; ours <= of; ours += 1) {
      for (let theirs = 0; theirs < of; theirs += 1) {
        const here = { ours: { hits: ours, of }, theirs: { hits: theirs, of } };
        const worse = { hits: ours - 1, of };
        const better = { hits: theirs + 1, of };
        const z = farringtonManning(here.ours, here.theirs, MARGIN);
        expect(farringtonManning(worse, here.theirs, MARGIN)).toBeLessThan(z);
        expect(farringtonManning(here.ours, better, MARGIN)).toBeLessThan(z);
        const p = fisherLower(here.ours, here.theirs);
        expect(fisherLower(worse, here.theirs)).toBeLessThanOrEqual(p + 1e-12);
        expect(fisherLower(here.ours, better)).toBeLessThanOrEqual(p + 1e-12);
      }
    }
  }
});

/** Exact probability of acceptance: every outcome of both lanes weighed by its binomial probability. */
function acceptance(of: number, a: number, b: number): number {
  const weights = (p: number): number[] => {
    const all = Array.from({ length: of + 1 }, () => 0);
    for (let k = 0, choose = 1; k <= of; choose = (choose * (of - k)) / (k + 1), k += 1)
      all[k] = choose * p ** k * (1 - p) ** (of - k);
    return all;
  };
  let sum = 0;
  const theirs = weights(b);
  for (const [x, wa] of weights(a).entries())
    for (const [y, wb] of theirs.entries())
      if (farringtonManning({ hits: x, of }, { hits: y, of }, MARGIN) > Z) sum += wa * wb;
  return sum;
}

test("a candidate that is worse by the margin is accepted in less than 5 % of all outcomes, exactly", () => {
  for (const of of [30, 60])
    for (const b of [0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1])
      expect(acceptance(of, b - MARGIN, b)).toBeLessThan(0.05);
});

test("the intervals give the published values for 81 of 263, 15 of 148, 0 of 20 and 1 of 29", () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: methods 3 (score) and 5 (exact).
  const table = [
    [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
    [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
    [0, 20, [0, 0.1611], [0, 0.1684]],
    [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
  ] as const;
  const shown = ({ lower, upper }: { lower: number; upper: number }): number[] =>
    [lower, upper].map((value) => Math.round(value * 1e4) / 1e4);
  for (const [hits, of, score, exact] of table) {
    expect(shown(wilson({ hits, of }))).toEqual(score);
    expect(shown(clopperPearson({ hits, of }))).toEqual(exact);
  }
});

test("the exact interval of n hits of n has the closed form of its definition", () => {
  for (const of of [1, 10, 30, 59, 299, 2000, 90_000])
    expect(clopperPearson({ hits: of, of }).lower).toBeCloseTo(0.025 ** (1 / of), 10);
});

test("the exact interval inverts the binomial tails, and the share lies inside both intervals", () => {
  fc.assert(
    fc.property(proportion(200), ({ hits, of }) => {
      const exact = clopperPearson({ hits, of });
      const score = wilson({ hits, of });
      for (const { lower, upper } of [exact, score]) {
        expect(lower).toBeLessThanOrEqual(hits / of);
        expect(upper).toBeGreaterThanOrEqual(hits / of);
      }
      if (hits > 0) expect(tail(hits, of, exact.lower)).toBeCloseTo(0.025, 8);
      if (hits < of) expect(1 - tail(hits + 1, of, exact.upper)).toBeCloseTo(0.025, 8);
    }),
    { numRuns: 200, examples: [[{ hits: 184, of: 193 }]] },
  );
});

test("Fisher's p for tea and for his convicts is the published one", () => {
  // R. A. Fisher, The Design of Experiments (1935), chapter 2: 17 of 70; JRSS 98 (1935) 48: 10 of 13 against 2 of 17, 0.000465.
  expect(fisherLower({ hits: 1, of: 4 }, { hits: 3, of: 4 })).toBeCloseTo(17 / 70, 12);
  expect(fisherLower({ hits: 2, of: 17 }, { hits: 10, of: 13 })).toBeCloseTo(0.000465, 6);
  expect(fisherLower({ hits: 0, of: 4 }, { hits: 4, of: 4 })).toBeCloseTo(1 / 70, 12);
});

test("Fisher's p is the share of all tables that are as low, counted with whole numbers", () => {
  const choose = (n: number, k: number): bigint => {
    let value = 1n;
    for (let at = 1; at <= k; at += 1) value = (value * BigInt(n - k + at)) / BigInt(at);
    return k < 0 || k > n ? 0n : value;
  };
  fc.assert(
    fc.property(proportion(40), proportion(40), (ours, theirs) => {
      const hits = ours.hits + theirs.hits;
      let below = 0n;
      for (let x = 0; x <= ours.hits; x += 1) below += choose(ours.of, x) * choose(theirs.of, hits - x);
      const expected = Number((below * 10n ** 15n) / choose(ours.of + theirs.of, hits)) / 1e15;
      expect(Math.abs(fisherLower(ours, theirs) - expected)).toBeLessThan(1e-12);
    }),
    { numRuns: 300 },
  );
});

function tail(k: number, of: number, p: number): number {
  let sum = 0;
  let log = 0;
  for (let x = 0; x <= of; x += 1) {
    if (x >= k) sum += Math.exp(log + x * Math.log(p) + (of - x) * Math.log1p(-p));
    log += Math.log((of - x) / (x + 1));
  }
  return sum;
}
