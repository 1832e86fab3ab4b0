import type { Comparison, Rate } from "../comparison.ts";
import { wrap } from "../text.ts";
import { RATES } from "./trial-rates.ts";

/** Why a rate that is listed decides nothing, to follow "shown, not counted". */
export const NOT_COUNTED: Readonly<Record<Exclude<Rate["basis"], "tested">, string>> = {
  scripted: "scripted trials repeat the same inputs, so that they are no draws",
  "no-model": "a lane without a model is no yardstick for a rate",
};

/** The rates over all fixtures with their counts, and which of them decide; no line when nothing was compared. */
export function renderRates({ candidate, cells, evidenceClass }: Comparison): string[] {
  const lines = RATES.flatMap(({ component }) => {
    const rates = new Map<string, Rate>();
    for (const { baseline, components } of cells) {
      const rate = components.find((one) => one.component === component)?.rate;
      if (rate !== undefined) rates.set(baseline, rate);
    }
    const [first] = rates.values();
    if (first === undefined) return [];
    const theirs = [...rates].map(
      ([baseline, { basis, pooled }]) =>
        `${baseline} ${pooled.baseline.hits} of ${pooled.baseline.of}${basis === "no-model" ? " (shown, not counted)" : ""}`,
    );
    const ours = `${candidate} ${first.pooled.candidate.hits} of ${first.pooled.candidate.of}`;
    return wrap(`${component}: ${ours}; ${theirs.join(", ")}`, 2, 4);
  });
  if (lines.length === 0) return [];
  const head =
    evidenceClass === "scripted"
      ? `Rates, shown, not counted: ${NOT_COUNTED.scripted}. Trials that hit:`
      : "Rates, tested. Trials that hit:";
  return ["", ...wrap(head, 0, 2), ...lines];
}
