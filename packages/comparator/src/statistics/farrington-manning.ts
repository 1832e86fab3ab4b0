/** A count of successes among trials. */
export interface Proportion {
  readonly hits: number;
  readonly of: number;
}

/**
 * Score statistic of Farrington and Manning for the non-inferiority of a proportion: z of H0 "ours - theirs <= -margin",
 * with both proportions under H0 by maximum likelihood. Large z speaks for non-inferiority. No trials give -Infinity.
 * Source: C. P. Farrington, G. Manning, Statistics in Medicine 9 (1990) 1447-1454, the closed form of its appendix.
 */
export function farringtonManning(ours: Proportion, theirs: Proportion, margin: number): number {
  if (ours.of === 0 || theirs.of === 0) return Number.NEGATIVE_INFINITY;
  const a = ours.hits / ours.of;
  const b = theirs.hits / theirs.of;
  const distance = a - b + margin;
  const [restrictedA, restrictedB] = restricted(a, b, theirs.of / ours.of, margin);
  const variance =
    (restrictedA * (1 - restrictedA)) / ours.of + (restrictedB * (1 - restrictedB)) / theirs.of;
  if (variance > 0) return distance / Math.sqrt(variance);
  return distance > 0 ? Number.POSITIVE_INFINITY : distance < 0 ? Number.NEGATIVE_INFINITY : 0;
}

/** Maximum-likelihood proportions under ours = theirs - margin: the root of the likelihood's cubic that lies in range. */
function restricted(a: number, b: number, ratio: number, margin: number): readonly [number, number] {
  const shift = -margin;
  const c3 = 1 + ratio;
  const c2 = -(1 + ratio + a + ratio * b + shift * (ratio + 2));
  const c1 = shift ** 2 + shift * (2 * a + ratio + 1) + a + ratio * b;
  const c0 = -a * shift * (1 + shift);
  const v = c2 ** 3 / (27 * c3 ** 3) - (c2 * c1) / (6 * c3 ** 2) + c0 / (2 * c3);
  const u = (v < 0 ? -1 : 1) * Math.sqrt(Math.max(0, c2 ** 2 / (9 * c3 ** 2) - c1 / (3 * c3)));
  const angle = u === 0 ? 0 : (Math.PI + Math.acos(clamp(v / u ** 3, -1, 1))) / 3;
  const root = clamp(2 * u * Math.cos(angle) - c2 / (3 * c3), 0, 1 - margin);
  return [root, root + margin];
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
