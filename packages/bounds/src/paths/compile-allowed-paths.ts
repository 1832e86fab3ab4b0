import picomatch from "picomatch";
import { checkGlob } from "./check-glob.ts";
import { compileLinear } from "./linear-pattern.ts";

/** Paths a run may change, compiled from allow-list globs. */
export interface AllowedPaths {
  /** Whether a raw POSIX path relative to the workspace is allowed; absolute, `..` and root `.git` paths never are. */
  readonly matches: (path: string) => boolean;
  /** Literal leading directory of each glob, without duplicates, sorted; `.` is the workspace itself. */
  readonly roots: readonly string[];
}

/** A glob outside the dialect and why. */
export interface GlobProblem {
  readonly glob: string;
  readonly reason: string;
}

/** Allowed paths, or every problem found in the globs. */
export type CompiledPaths =
  | ({ readonly ok: true } & AllowedPaths)
  | { readonly ok: false; readonly problems: readonly GlobProblem[] };

// Locked: engines and defaults differ on each of these, so none is left to a default.
const OPTIONS = {
  dot: true,
  nonegate: true,
  noextglob: true,
  nobrace: true,
  nocase: false,
  windows: false,
} as const;

/** Compiles allow-list globs of the strict dialect (literal segments, `*`, `?`, `**`); no globs allow nothing. */
export function compileAllowedPaths(globs: readonly string[]): CompiledPaths {
  const problems = globs.flatMap((glob) => {
    const reason = checkGlob(glob);
    return reason === null ? [] : [{ glob, reason }];
  });
  if (problems.length > 0) return { ok: false, problems };
  const matchers = globs.map(compileGlob);
  return {
    ok: true,
    matches: (path) => isPlainPath(path) && matchers.some((match) => match(path)),
    roots: [...new Set(globs.map(rootOf))].toSorted(),
  };
}

/**
 * picomatch says what a glob means; its expressions are not given to the language's own engine, which a name that a backend
 * chose (`aaaa...` for `*a*a*a*`) can keep busy for ever.
 */
function compileGlob(glob: string): (path: string) => boolean {
  const matches = compileLinear(picomatch.makeRe(glob, OPTIONS).source);
  return (path) => path === glob || matches(path);
}

/** Whether a path stays below the workspace as written: the engine itself would let some of these through. */
function isPlainPath(path: string): boolean {
  if (path === "" || path.includes("\0") || /\p{Cs}/u.test(path)) return false;
  const segments = path.split("/");
  if (segments[0]?.toLowerCase() === ".git") return false;
  return segments.every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

function rootOf(glob: string): string {
  const segments = glob.split("/");
  const wild = segments.findIndex((segment) => /[*?]/u.test(segment));
  const literal = segments.slice(0, wild === -1 ? segments.length - 1 : wild);
  return literal.length === 0 ? "." : literal.join("/");
}
