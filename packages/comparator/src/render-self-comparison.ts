import type { SelfComparison } from "./self-comparison.ts";
import { wrap } from "./text.ts";

/** A lane against itself as plain text of at most 100 columns. */
export function renderSelfComparison({
  lane,
  plan,
  trialsPerHalf,
  leftOut,
  cells,
  verdict,
  exitCode,
}: SelfComparison): string {
  const differing = cells.filter((cell) => cell.verdict !== "matches");
  const lines = [
    ...wrap(
      `${lane} against itself, plan ${plan.id}: ${trialsPerHalf} trials against ${trialsPerHalf} on each fixture${leftOut === 0 ? "" : `, ${leftOut} left out`}`,
      0,
      2,
    ),
    ...differing.flatMap(({ fixture, dimension, code, components }) => [
      ...wrap(`${fixture}, ${dimension}: the halves differ${code === null ? "" : ` (${code})`}`, 2, 4),
      ...components.flatMap(({ component, evidence }) =>
        wrap(`${component}: ${evidence.map(({ trial, what }) => `${trial} ${what}`).join("; ")}`, 4, 6),
      ),
    ]),
    ...wrap(
      verdict === "matches"
        ? `Verdict: the halves match in all ${cells.length} cells (exit ${exitCode})`
        : cells.length === 0
          ? `Verdict: inconclusive (exit ${exitCode}): the lane has no trials for two halves`
          : `Verdict: inconclusive (exit ${exitCode}): ${differing.length} of ${cells.length} cells differ by noise alone`,
      0,
      2,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
