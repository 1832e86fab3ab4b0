import { parseArgs } from "node:util";

/** Packages whose rules decide a verdict: those that are mutated when none is named. */
export const DECIDING = ["comparator", "eligibility", "validator", "bounds"] as const;

/** What is to be mutated. */
export interface MutateOptions {
  /** Root of the work tree. */
  readonly root: string;
  /** Names of packages, as folders below `packages`. */
  readonly packages: readonly string[];
  /** Globs below a package's `src`, `*` within a segment and `**` over segments; all files when empty. */
  readonly files: readonly string[];
  /** Only files that differ from this commit; null for all. */
  readonly since: string | null;
}

/** Reads the words of a call; throws a TypeError that says what is wrong with them. */
export function parseMutateOptions(words: readonly string[], root: string): MutateOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      package: { type: "string", multiple: true },
      file: { type: "string", multiple: true },
      since: { type: "string" },
      root: { type: "string" },
    },
  });
  return {
    root: values.root ?? root,
    packages: values.package ?? DECIDING,
    files: values.file ?? [],
    since: values.since ?? null,
  };
}
