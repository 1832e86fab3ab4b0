import { countCells, type Coverage, type MatrixCode } from "./coverage.ts";
import { AVAILABILITY_REASONS } from "./block.ts";
import { checkAppendOnly, checkMatrix, type FailureMatrix } from "./matrix.ts";

/** What keeps a coverage from closing the matrix, in one sentence. */
export interface CoverageProblem {
  readonly code: MatrixCode;
  /** Row concerned; null for the coverage as a whole. */
  readonly row: string | null;
  readonly lane: string | null;
  readonly message: string;
}

/** What a coverage is held against. */
export interface CoverageDemand {
  readonly coverage: Coverage;
  readonly matrix: FailureMatrix;
  /** Rows that this version of the tool knows; none of them may be missing. */
  readonly known: FailureMatrix;
  /** Lanes that must have a column. */
  readonly lanes: readonly string[];
  /** The lane to be judged; it cannot be blocked away as a whole. Null when no lane is judged. */
  readonly candidate: string | null;
}

/** Every reason why the matrix is not closed; empty when it is. Recounts, and trusts no number that the document gives. */
export function checkCoverage({
  coverage,
  matrix,
  known,
  lanes,
  candidate,
}: CoverageDemand): CoverageProblem[] {
  const problems: CoverageProblem[] = [];
  const incomplete = (row: string | null, lane: string | null, message: string): void =>
    void problems.push({ code: "MATRIX_INCOMPLETE", row, lane, message });
  for (const { row, message } of [...checkMatrix(matrix), ...checkAppendOnly(known, matrix)])
    incomplete(row, null, message);
  if (coverage.matrix.head !== matrix.head || coverage.matrix.rows !== matrix.rows.length)
    incomplete(null, null, "the coverage is one of another matrix");
  if (JSON.stringify(coverage.counts) !== JSON.stringify(countCells(matrix.rows.length, coverage.cells)))
    incomplete(null, null, "the counts are not those of the cells");
  const cells = new Map(coverage.cells.map((cell) => [`${cell.row} ${cell.lane}`, cell]));
  if (cells.size !== coverage.cells.length) incomplete(null, null, "a cell stands twice");
  for (const { id } of matrix.rows) {
    for (const lane of lanes) {
      const cell = cells.get(`${id} ${lane}`);
      if (cell === undefined) incomplete(id, lane, "the cell is missing");
      else if (cell.code !== null || cell.state === "open" || cell.state === "wrong-closure")
        problems.push({ code: cell.code ?? "MATRIX_INCOMPLETE", row: id, lane, message: cell.message });
      else if (cell.state === "blocked" && lane === candidate && isAbsence(cell.block?.reasonCode))
        incomplete(id, lane, `the candidate ${lane} itself is not there: ${cell.block?.reasonCode ?? ""}`);
      else if (cell.state === "blocked" && cell.block === null)
        incomplete(id, lane, "the cell is blocked without a block");
    }
  }
  return problems;
}

function isAbsence(reason: string | undefined): boolean {
  return AVAILABILITY_REASONS.some((one) => one === reason);
}
