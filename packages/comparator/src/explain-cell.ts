import type { CellComponent, Comparison, Evidence } from "./comparison.ts";
import type { Dimension } from "./dimension.ts";
import { wrap } from "./text.ts";

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
    ...cell.differences.flatMap(({ key, candidate: ours, baseline: theirs, planned }) =>
      wrap(`${key} differs: ${candidate} has ${ours}, ${baseline} has ${theirs}, planned ${planned}`, 2, 4),
    ),
    ...cell.components.flatMap((component) => componentLines(component, candidate, baseline)),
  ];
  return `${lines.join("\n")}\n`;
}

function componentLines(component: CellComponent, candidate: string, baseline: string): string[] {
  const { verdict, candidateViolations, baselineViolations, evidence, evidenceTotal } = component;
  const hidden = evidenceTotal - evidence.length;
  return [
    ...wrap(
      `${component.component}: ${verdict}; trials that break it: ${candidate} ${candidateViolations}, ${baseline} ${baselineViolations}`,
      2,
      4,
    ),
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
