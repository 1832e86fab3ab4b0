import { decidePooled, decideRate, DEFAULT_POLICY } from "@stage6/comparator";

/** Hits of both lanes on every fixture of one rate. */
export interface GateCounts {
  /** Trials of each lane on each fixture. */
  readonly trials: number;
  readonly fixtures: readonly { readonly candidate: number; readonly baseline: number }[];
}

/** What a gate on these rates alone decides; any `worse` outweighs any `inconclusive`, and one of them stops it. */
export function decideGate(rates: readonly GateCounts[]): {
  readonly verdict: "accepted" | "inconclusive" | "worse";
  readonly beats: boolean;
} {
  const cells = rates.flatMap(({ trials, fixtures }) => {
    const sum = (side: "candidate" | "baseline"): number => fixtures.reduce((all, one) => all + one[side], 0);
    const of = trials * fixtures.length;
    const pooled = decidePooled(
      { candidate: { hits: sum("candidate"), of }, baseline: { hits: sum("baseline"), of } },
      DEFAULT_POLICY.rates,
    ).verdict;
    return fixtures.map(
      ({ candidate, baseline }) =>
        decideRate(
          "tested",
          { candidate: { hits: candidate, of: trials }, baseline: { hits: baseline, of: trials } },
          pooled,
        ).verdict,
    );
  });
  const verdict = cells.includes("worse")
    ? "worse"
    : cells.includes("inconclusive")
      ? "inconclusive"
      : "accepted";
  return { verdict, beats: cells.includes("beats") };
}
