import type { Cell, CellComponent, Comparison, Evidence, Rate } from "./comparison.ts";
import type { Dimension } from "./dimension.ts";
import { NOT_COUNTED } from "./rates/render-rates.ts";
import { nextStep, wrap } from "./text.ts";

/** Why one cell has its verdict, as plain text of at most 100 columns: differences, then components with their evidence. */
export function explainCell(
  comparison: Comparison,
  baseline: string,
  fixture: string,
  dimension: Dimension,
): string {
  const { candidate } = comparison;
  const cell = comparison.cells.find(
    (one) => one.baseline === baseline && one.fixture === fixture && one.dimension === dimension,
  );
  if (cell === undefined)
    return `${wrap(`No cell for ${baseline}, ${fixture}, ${dimension} in this comparison.`, 0, 2).join("\n")}\n`;
  const lines = [
    ...wrap(
      `${candidate} against ${baseline} on ${fixture}, ${dimension}: ${cell.verdict}${cell.code === null ? "" : ` (${cell.code})`}`,
      0,
      2,
    ),
    ...reasonLines(comparison, cell),
    ...cell.differences.flatMap(({ key, candidate: ours, baseline: theirs, planned }) =>
      wrap(`${key} differs: ${candidate} has ${ours}, ${baseline} has ${theirs}, planned ${planned}`, 2, 4),
    ),
    ...cell.components.flatMap((component) => componentLines(component, candidate, baseline)),
  ];
  return `${lines.join("\n")}\n`;
}

/** Why a baseline takes no part, in the words of the plan. */
function reasonLines({ lanes }: Comparison, { verdict, baseline }: Cell): string[] {
  const reason = lanes.find(({ lane }) => lane === baseline)?.reason ?? null;
  return verdict !== "not-applicable" || reason === null
    ? []
    : [...wrap(`${baseline} takes no part: ${reason.detail}`, 2, 4), nextStep(reason.remedy)];
}

function componentLines(component: CellComponent, candidate: string, baseline: string): string[] {
  const { verdict, evidence, evidenceTotal } = component;
  const hidden = evidenceTotal - evidence.length;
  return [
    ...wrap(`${component.component}: ${verdict}; ${factsOf(component, candidate, baseline)}`, 2, 4),
    ...evidence.flatMap(evidenceLines),
    ...(hidden > 0 ? [`    and ${hidden} more`] : []),
  ];
}

function evidenceLines({ trial, bundle, where, code, what }: Evidence): string[] {
  return wrap(
    `${trial} ${code}${where === "" ? "" : ` at ${where}`}: ${what}${bundle === null ? "" : ` [${bundle}]`}`,
    4,
    6,
  );
}

/** What a component was decided on, in words: trials, kinds or the numbers of a rate. */
function factsOf(
  { kinds, rate, candidateViolations, baselineViolations }: CellComponent,
  candidate: string,
  baseline: string,
): string {
  if (rate !== undefined) return rateText(rate, candidate, baseline);
  if (kinds === undefined)
    return `trials that break it: ${candidate} ${candidateViolations}, ${baseline} ${baselineViolations}`;
  const names = (list: readonly string[]): string => (list.length === 0 ? "none" : list.join(", "));
  const apart =
    kinds.notCompared.length === 0
      ? ""
      : `; not compared, one side cannot have it: ${names(kinds.notCompared)}`;
  return `in all trials of both: ${names(kinds.candidate.filter((kind) => kinds.baseline.includes(kind)))}; ${candidate} lacks: ${names(kinds.missing)}; ${candidate} has more: ${names(kinds.more)}${apart}`;
}

function rateText(
  { meaning, basis, fixture, pooled, z, zNeeded, fisher, needed, margin }: Rate,
  candidate: string,
  baseline: string,
): string {
  // An interval speaks of draws: where there are none, it would promise what the counts cannot keep.
  const side = (lane: string, { hits, of, wilson, exact }: Rate["pooled"]["candidate"]): string =>
    basis === "tested"
      ? `${lane} ${hits} of ${of} (95 %: ${wilson.lower} to ${wilson.upper} by Wilson, ${exact.lower} to ${exact.upper} exact)`
      : `${lane} ${hits} of ${of}`;
  const counts = `trials with ${meaning}: here ${candidate} ${fixture.candidate.hits} of ${fixture.candidate.of}, ${baseline} ${fixture.baseline.hits} of ${fixture.baseline.of}; over all fixtures ${side(candidate, pooled.candidate)}, ${side(baseline, pooled.baseline)}`;
  switch (basis) {
    case "no-model":
    case "scripted":
      return `${counts}; shown, not counted: ${NOT_COUNTED[basis]}`;
    case "tested":
      return `${counts}; tested for a margin of ${margin}: z ${z ?? "-"}, has to exceed ${zNeeded}, p of being lower here ${fisher ?? "-"}${needed === null ? "" : `; needed: ${needed} trials of each lane without a further miss`}`;
  }
}
