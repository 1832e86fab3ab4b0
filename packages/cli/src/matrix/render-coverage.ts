import type { Coverage, CoverageCell, FailureMatrix } from "@stage6/failure-matrix";
import { escapeText } from "@stage6/evidence-interface";
import { textTable } from "../text-table.ts";

const WORDS: Readonly<Record<CoverageCell["state"], string>> = {
  covered: "covered",
  blocked: "blocked",
  open: "OPEN",
  "wrong-closure": "WRONG",
};

/** The numbers of a coverage in one line. */
function renderCounts({ rows, cells, covered, blocked, open, wrong }: Coverage["counts"]): string {
  return `rows ${rows}, cells ${cells}, covered ${covered}, blocked ${blocked}, open ${open}, wrong closure ${wrong}`;
}

/** The grid of a coverage, what is not closed with its reason, what is blocked by reason, and the numbers. */
export function renderCoverage(matrix: FailureMatrix, { cells, counts, lanes }: Coverage): string {
  const names = lanes.map(({ lane }) => lane);
  const at = new Map(cells.map((cell) => [`${cell.row} ${cell.lane}`, cell]));
  const shown = matrix.rows.filter(({ id }) => names.some((lane) => at.has(`${id} ${lane}`)));
  const grid = shown.map(({ id, title }) => [
    id,
    ...names.map((lane) => {
      const state = at.get(`${id} ${lane}`)?.state;
      return state === undefined ? "-" : WORDS[state];
    }),
    escapeText(title),
  ]);
  const bad = cells.filter(({ state }) => state === "open" || state === "wrong-closure");
  const reasons = new Map<string, number>();
  for (const { block, lane, state } of cells)
    if (state === "blocked" && block !== null)
      reasons.set(`${lane}: ${block.reasonCode}`, (reasons.get(`${lane}: ${block.reasonCode}`) ?? 0) + 1);
  return [
    ...textTable([["row", ...names, "bad state"], ...grid]),
    "",
    ...[...reasons].map(([reason, count]) => `blocked  ${reason} (${count})`),
    ...bad.map(({ row, lane, code, message }) => `${row} ${lane}  ${code ?? ""}  ${escapeText(message)}`),
    ...(bad.length + reasons.size > 0 ? [""] : []),
    renderCounts(counts),
  ].join("\n");
}
