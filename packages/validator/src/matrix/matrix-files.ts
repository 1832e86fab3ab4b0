/** Where the documents of the failure matrix lie in a harness root, relative to it. Below `matrix/`, plans, fixtures, attempts and runs lie as in a root. */
export const MATRIX_FILES = {
  root: "matrix",
  matrix: "matrix/failure-matrix.json",
  blocked: "matrix/blocked",
  injections: "matrix/injections",
} as const;
