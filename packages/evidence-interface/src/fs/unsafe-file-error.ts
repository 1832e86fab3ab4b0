import { errorCode } from "./list-files.ts";

/** Why something below a folder that another party could write to is not taken; `MISSING` says that nothing is there. */
export type UnsafeFileCode =
  | "MISSING"
  | "LINK"
  | "NOT_REGULAR"
  | "FOREIGN_OWNER"
  | "HARD_LINK"
  | "TOO_LARGE"
  | "TOO_MANY"
  | "TOO_DEEP"
  | "CHANGED"
  | "UNREADABLE";

/** Thrown by `HeldFolder` for what it does not take; `code` says why, `path` is relative to the held folder. */
export class UnsafeFileError extends Error {
  readonly code: UnsafeFileCode;
  readonly path: string;

  constructor(code: UnsafeFileCode, path: string, cause?: unknown) {
    super(`${path}: ${code}`, cause === undefined ? undefined : { cause });
    this.name = "UnsafeFileError";
    this.code = code;
    this.path = path;
  }
}

/** The code for a system error. */
function codeOf(error: unknown): UnsafeFileCode {
  switch (errorCode(error)) {
    case "ENOENT":
      return "MISSING";
    case "ELOOP":
      return "LINK";
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
      return "CHANGED";
    default:
      return "UNREADABLE";
  }
}

/** What `act` returns; a system error in it becomes an UnsafeFileError about `path`. */
export function asUnsafe<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UnsafeFileError ? error : new UnsafeFileError(codeOf(error), path, error);
  }
}
