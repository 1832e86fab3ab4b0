import type { AllowedPaths } from "../paths/compile-allowed-paths.ts";
import type { EntryType } from "./snapshot-entry.ts";
import type { Snapshot } from "./snapshot.ts";

/** An allowed root on which a run must not start, and why. */
export interface RootProblem {
  readonly root: string;
  readonly reason: string;
}

/** Roots that are, or lie behind, something other than a directory in the base tree: a link there would widen what is allowed. */
export function checkAllowedRoots(allowed: AllowedPaths, base: Snapshot): RootProblem[] {
  const typeOf = (path: string): EntryType | undefined => base.get(path)?.type;
  return allowed.roots.flatMap((root) => {
    const segments = root.split("/");
    const chain = segments.map((_, index) => segments.slice(0, index + 1).join("/"));
    const bad = chain.find((path) => (typeOf(path) ?? "dir") !== "dir");
    return bad === undefined ? [] : [{ root, reason: `${bad} is of type ${typeOf(bad)} in the base tree` }];
  });
}
