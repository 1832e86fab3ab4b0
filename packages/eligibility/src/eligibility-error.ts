/** Why an append was not made. */
export type EligibilityErrorCode =
  | "LEDGER_BROKEN"
  | "LEDGER_BUSY"
  | "ACCEPTANCE_REPLAY"
  | "TRUST_ROOT_UNSAFE";

/** Thrown when an append-only file cannot be added to: it is broken, somebody else is writing, or the line would be a replay. */
export class EligibilityError extends Error {
  readonly code: EligibilityErrorCode;
  constructor(code: EligibilityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EligibilityError";
    this.code = code;
  }
}
