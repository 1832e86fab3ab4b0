/** Why the runner could not do its own part. Bad backends and bad targets are data, not errors. */
export type RunnerErrorCode =
  | "FIXTURE_INVALID"
  | "FIXTURE_EXISTS"
  | "GIT_FAILED"
  | "SCRIPT_NOT_PLAYABLE"
  | "PLAN_MISMATCH"
  | "BOUNDS_UNAVAILABLE"
  | "ROOT_BUSY"
  | "KEY_UNREADABLE"
  | "BACKENDS_INSTALL_FAILED";

/** Thrown for misuse and broken environments only; `code` is what callers match on. */
export class RunnerError extends Error {
  readonly code: RunnerErrorCode;
  constructor(code: RunnerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RunnerError";
    this.code = code;
  }
}
