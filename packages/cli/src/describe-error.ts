import { BoundsError } from "@stage6/bounds";
import { AppendError } from "@stage6/evidence-interface";
import { SealError, errorCode } from "@stage6/evidence-interface/fs";
import { RunnerError, type RunnerErrorCode } from "@stage6/runner";
import type { RootFinding } from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** A failure in the words that are shown. */
export interface DescribedError {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  /** What a tool said about it; may hold several lines. */
  readonly details: string | null;
  readonly findings: readonly RootFinding[];
}

/** System errors that are the environment's doing, not a defect of this program. */
const SYSTEM = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "ENOTDIR",
  "EISDIR",
  "ENAMETOOLONG",
  "ELOOP",
  "EMFILE",
  "ENOENT",
  "ETXTBSY",
  "EIO",
  "ENFILE",
  "EBUSY",
  "EFBIG",
  "ENODEV",
  "ENXIO",
  "ESTALE",
]);

const SYSTEM_REMEDY =
  "Check the path, its permissions and the free space; evidence that was recorded is kept.";

/** The system error behind an error: itself, one that caused it, or one of several that it stands for; null when there is none. */
function systemErrorOf(error: unknown, depth = 0): Error | null {
  if (!(error instanceof Error) || depth > 8) return null;
  if (SYSTEM.has(errorCode(error))) return error;
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const parts = [error.cause, ...several];
  for (const part of parts) {
    const found = systemErrorOf(part, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** How a program that this one started says that the disk takes nothing more: strerror of each. */
const SPOKEN: readonly (readonly [string, string])[] = [
  ["No space left on device", "ENOSPC"],
  ["Disk quota exceeded", "EDQUOT"],
  ["Read-only file system", "EROFS"],
  ["Input/output error", "EIO"],
  ["Too many open files", "EMFILE"],
];

/** The system error that a tool's own words tell of; null when they tell of none. */
export function spokenSystemCode(message: string): string | null {
  return SPOKEN.find(([words]) => message.includes(words))?.[1] ?? null;
}

/** A system error in words, with the path that it is about; an error of an open file names none, so the folders that were written are named. */
function systemMessage(error: Error, written: readonly string[]): string {
  const named = "path" in error || error.message.includes("(in ");
  return named || written.length === 0 ? error.message : `${error.message} (below ${written.join(" or ")})`;
}

/** Codes of an append-only file that cannot be believed. */
const BROKEN: ReadonlySet<string> = new Set(["LEDGER_BROKEN", "JOURNAL_BROKEN", "JOURNAL_ROLLED_BACK"]);

/** Says what went wrong; `written` are the folders that the call writes to. Anything unforeseen is INTERNAL, exit 70. */
export function describeError(error: unknown, written: readonly string[] = []): DescribedError {
  const plain = { remedy: null, details: null, findings: [] };
  if (error instanceof CliError) {
    const { exitCode, code, message, remedy, findings, cause } = error;
    return {
      exitCode,
      code,
      message,
      remedy,
      details: cause instanceof Error && code === "BACKENDS_INSTALL_FAILED" ? cause.message : null,
      findings,
    };
  }
  if (error instanceof RunnerError && spokenSystemCode(error.message) !== null)
    return {
      ...plain,
      exitCode: EXIT.refused,
      code: spokenSystemCode(error.message) ?? error.code,
      message: `${error.message} (below ${written.join(" or ")})`,
      remedy: SYSTEM_REMEDY,
    };
  if (error instanceof RunnerError)
    return { ...plain, ...ofRunner(error.code), code: error.code, message: error.message };
  if (error instanceof BoundsError && error.code === "TOOL_NOT_STARTED")
    return {
      ...plain,
      exitCode: EXIT.refused,
      code: error.code,
      message: error.message,
      remedy: "Install git, or put it on PATH.",
    };
  if (error instanceof AppendError)
    return {
      ...plain,
      exitCode: BROKEN.has(error.code) ? EXIT.invalid : EXIT.refused,
      code: error.code,
      message: error.message,
      remedy:
        error.code === "CLOCK_BEHIND"
          ? "Set the clock of this machine, and call again; nothing was recorded."
          : null,
    };
  if (error instanceof SealError)
    return { ...plain, exitCode: EXIT.invalid, code: error.code, message: error.message };
  const system = systemErrorOf(error);
  if (system !== null)
    return {
      ...plain,
      exitCode: EXIT.refused,
      code: errorCode(system),
      message: systemMessage(system, written),
      remedy: SYSTEM_REMEDY,
    };
  return {
    ...plain,
    exitCode: EXIT.internal,
    code: "INTERNAL",
    message: `internal error: ${error instanceof Error ? error.message : "unknown"}`,
    remedy: "Run again with STAGE6_DEBUG=1 to see the stack, and report it as a defect of stage6.",
  };
}

function ofRunner(code: RunnerErrorCode): { exitCode: ExitCode; remedy: string | null } {
  switch (code) {
    case "FIXTURE_INVALID":
      return {
        exitCode: EXIT.invalid,
        remedy: "Put the fixture back as it was, or add it again under another id.",
      };
    case "FIXTURE_EXISTS":
      return { exitCode: EXIT.refused, remedy: "Choose another --id; a fixture is never changed." };
    case "ROOT_BUSY":
      return { exitCode: EXIT.refused, remedy: "Wait until the other run ends." };
    case "BOUNDS_UNAVAILABLE":
      return { exitCode: EXIT.refused, remedy: "Do that, or make a plan with stage6 plan --bounds default." };
    case "PLAN_MISMATCH":
      return { exitCode: EXIT.refused, remedy: "Run stage6 plan to make a new plan." };
    case "KEY_UNREADABLE":
    case "GIT_FAILED":
    case "BACKENDS_INSTALL_FAILED":
      return { exitCode: EXIT.refused, remedy: null };
    case "SCRIPT_NOT_PLAYABLE":
      return { exitCode: EXIT.invalid, remedy: "Correct the fixture's script." };
  }
}
