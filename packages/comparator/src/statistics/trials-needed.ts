import { farringtonManning, type Proportion } from "./farrington-manning.ts";

/** Where the search for a number of trials ends: a plan holds fewer. */
const MOST = 100_000;

/**
 * Fewest trials of each lane with which the candidate would be shown not inferior, if every further trial of both lanes
 * were a hit; null when no number below 100,000 would do.
 */
export function trialsNeeded(ours: Proportion, theirs: Proportion, margin: number, z: number): number | null {
  const missed = ours.of - ours.hits;
  const missedByThem = theirs.of - theirs.hits;
  const enough = (of: number): boolean =>
    farringtonManning({ hits: of - missed, of }, { hits: of - missedByThem, of }, margin) > z;
  let high = Math.max(1, ours.of, theirs.of);
  let low = high - 1;
  while (!enough(high)) {
    if (high > MOST) return null;
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
