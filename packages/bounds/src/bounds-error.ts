/** Codes of {@link BoundsError}: misuse or a broken environment, never a fact about the backend. */
export type BoundsErrorCode =
  | "OUTPUT_UNWRITABLE"
  | "OBSERVER_FAILED"
  | "OBSERVATION_CHANGED"
  | "PROCESSES_UNKNOWN"
  | "TOOL_NOT_STARTED"
  | "STRICT_NOT_STARTED"
  | "COUNTER_UNREADABLE"
  | "WITNESS_NOT_OPENED";

/** The one error this package throws; `code` says what broke, `cause` carries the system's error. */
export class BoundsError extends Error {
  readonly code: BoundsErrorCode;

  constructor(code: BoundsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "BoundsError";
    this.code = code;
  }
}
