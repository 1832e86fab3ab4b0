/** Branch that the harness makes in every clone of a plan that permits local commits; no other may move. */
export const WORK_BRANCH = "stage6-work";

/** Files below `.git` that a commit on the work branch writes, besides index and objects. Closed: whatever else changes is a violation. */
const WRITTEN_BY_A_COMMIT: ReadonlySet<string> = new Set([
  "COMMIT_EDITMSG",
  "ORIG_HEAD",
  "logs/HEAD",
  `logs/refs/heads/${WORK_BRANCH}`,
]);

/** A difference of the clone's git directory, and the work branch if the plan permits commits on one. */
interface GitChange {
  readonly path: string;
  readonly kind: string;
}

/**
 * Whether a change to the clone's git directory breaks the bounds. A refreshed index never does. Where the plan permits
 * local commits (`branch` is there), neither does a move of the work branch and what git writes beside it; `HEAD`, every
 * other ref, configuration, hooks and exclusions stay what they were before, in every plan.
 */
export function isGitStateViolation(
  { path, kind }: GitChange,
  { branch }: { readonly branch?: string | undefined },
): boolean {
  if (kind === "touched") return false;
  if (branch !== WORK_BRANCH) return true;
  if (path === `refs/heads/${WORK_BRANCH}`) return kind !== "modified";
  return !(WRITTEN_BY_A_COMMIT.has(path) && (kind === "added" || kind === "modified"));
}
