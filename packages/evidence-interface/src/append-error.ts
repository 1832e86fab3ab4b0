/** Why an append was not made. */
export type AppendErrorCode =
  | "LEDGER_BROKEN"
  | "LEDGER_BUSY"
  | "JOURNAL_BROKEN"
  | "JOURNAL_ROLLED_BACK"
  | "CLOCK_BEHIND"
  | "ACCEPTANCE_REPLAY"
  | "TRUST_ROOT_UNSAFE";

/** Thrown when an append-only file cannot be added to: it is broken, another process is writing, the line would be older than what is there, or a replay. */
export class AppendError extends Error {
  readonly code: AppendErrorCode;
  constructor(code: AppendErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AppendError";
    this.code = code;
  }
}
