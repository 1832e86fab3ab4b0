import { sha256, SchemaVersion, Sha256, writeStrictBytes } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { FailureRow } from "./row.ts";

/** The failure matrix of a harness root: `matrix/failure-matrix.json`. */
export const FailureMatrix = Type.Object(
  {
    schemaVersion: SchemaVersion,
    rows: Type.Array(FailureRow, {
      minItems: 1,
      maxItems: 999,
      description: "Rows in the order in which they were added.",
    }),
    head: Sha256,
  },
  {
    additionalProperties: false,
    description: "Known bad states; rows may be added, never changed or taken away.",
  },
);
export type FailureMatrix = Static<typeof FailureMatrix>;

/** Running digest of rows: SHA-256 over the digest so far and the row's strict bytes, one row after the other; the first follows on SHA-256 of nothing. */
export function headOf(rows: readonly FailureRow[]): Sha256 {
  let head = sha256("");
  for (const row of rows) head = sha256(Buffer.concat([Buffer.from(head), writeStrictBytes(row)]));
  return head;
}

/** What is wrong with a matrix as a document or as a successor, in one sentence. */
export interface MatrixProblem {
  readonly code: "DIGEST_MISMATCH" | "MATRIX_INCOMPLETE" | "SCHEMA_INVALID";
  readonly row: string | null;
  readonly message: string;
}

/** Problems inside one matrix: a head that is not the rows', an id twice, a lane both drivable and not. */
export function checkMatrix(matrix: FailureMatrix): MatrixProblem[] {
  const problems: MatrixProblem[] = [];
  const head = headOf(matrix.rows);
  if (matrix.head !== head)
    problems.push({
      code: "DIGEST_MISMATCH",
      row: null,
      message: `the head is ${matrix.head}, the rows give ${head}`,
    });
  const seen = new Set<string>();
  for (const { id, ways, undrivable } of matrix.rows) {
    const invalid = (message: string): void =>
      void problems.push({ code: "SCHEMA_INVALID", row: id, message });
    if (seen.has(id)) invalid("the id stands twice");
    seen.add(id);
    const drivable = new Set(ways.flatMap(({ lanes }) => lanes));
    for (const { lane } of undrivable)
      if (drivable.has(lane)) invalid(`${lane} has a way and is listed as undrivable`);
  }
  return problems;
}

/** Rows that a later matrix lost or changed: every row of the earlier one has to stand in the same place with the same bytes. */
export function checkAppendOnly(before: FailureMatrix, after: FailureMatrix): MatrixProblem[] {
  return before.rows.flatMap((row, at): MatrixProblem[] => {
    const now = after.rows[at];
    if (now !== undefined && JSON.stringify(now) === JSON.stringify(row)) return [];
    const elsewhere = after.rows.some(({ id }) => id === row.id);
    const message = elsewhere ? "the row was changed or moved" : "the row is gone";
    return [{ code: "MATRIX_INCOMPLETE", row: row.id, message }];
  });
}

/** A matrix document from rows. */
export function matrixOf(rows: readonly FailureRow[]): FailureMatrix {
  return { schemaVersion: "1.0", rows: [...rows], head: headOf(rows) };
}
