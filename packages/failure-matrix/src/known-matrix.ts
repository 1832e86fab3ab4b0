import { matrixOf, type FailureMatrix } from "./matrix.ts";
import { ROWS } from "./rows/all-rows.ts";

/** The matrix of this version: the least that every harness root has to cover. */
export function knownMatrix(): FailureMatrix {
  return matrixOf(ROWS);
}
