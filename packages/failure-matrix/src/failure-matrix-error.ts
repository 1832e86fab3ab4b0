/** Thrown for misuse: a mutation that changes nothing, a way that the row does not have. */
export class FailureMatrixError extends Error {
  readonly code: "MUTATION_IDLE" | "ROW_UNKNOWN";
  constructor(code: "MUTATION_IDLE" | "ROW_UNKNOWN", message: string) {
    super(message);
    this.name = "FailureMatrixError";
    this.code = code;
  }
}
