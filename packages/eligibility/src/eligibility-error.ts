/** Why an append was not made. */
export type EligibilityErrorCode =
  | "LEDGER_BROKEN"
  | "LEDGER_BUSY"
  | "CLOCK_BEHIND"
  | "ACCEPTANCE_REPLAY"
  | "TRUST_ROOT_UNSAFE";

/** Thrown when an append-only file cannot be added to: it is broken, another process is writing, the line would be older than what is there, or a replay. */
export class EligibilityError extends Error {
  readonly code: EligibilityErrorCode;
  constructor(code: EligibilityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EligibilityError";
    this.code = code;
  }
}
