import type { ModelFault } from "@stage6/runner";
import type { RootFinding } from "@stage6/validator";
import type { ExitCode } from "./exit-code.ts";

/** Why a command could not do what was asked. */
export type CliErrorCode =
  | "USAGE"
  | "ROOT_MISSING"
  | "ROOT_TAKEN"
  | "ROOT_INVALID"
  | "KEY_MISSING"
  | "KEY_UNTRUSTED"
  | "KEYS_UNWRITABLE"
  | "PLAN_MISSING"
  | "PLAN_MISMATCH"
  | "POLICY_MISMATCH"
  | "DATED_AHEAD"
  | "BOUNDS_UNAVAILABLE"
  | "MODEL_ENDPOINT_UNSET"
  | "LANE_INVALID"
  | "TARGET_NOT_OWNED"
  | "SIGNING_FAILED"
  | "FOUNDER_UNKNOWN"
  | "JOURNAL_ROLLED_BACK"
  | "FIXTURE_INVALID"
  | "FIXTURE_EXISTS"
  | "NOT_APPLICABLE_REFUSED"
  | "COMPARISON_DIVERGED"
  | "CLOCK_DIVERGED"
  | "INTERRUPTED"
  | "BACKENDS_INSTALL_FAILED"
  | ModelFault;

/** Optional parts of a {@link CliError}. */
export interface CliErrorOptions extends ErrorOptions {
  /** The next command or step, one sentence. */
  readonly remedy?: string;
  readonly findings?: readonly RootFinding[];
}

/** A foreseen failure of a command: a code to match on, a sentence for a person, and the exit code it stands for. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly exitCode: ExitCode;
  readonly remedy: string | null;
  readonly findings: readonly RootFinding[];
  constructor(code: CliErrorCode, exitCode: ExitCode, message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.name = "CliError";
    this.code = code;
    this.exitCode = exitCode;
    this.remedy = options.remedy ?? null;
    this.findings = options.findings ?? [];
  }
}
