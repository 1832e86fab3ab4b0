import type { Change, Observation } from "@stage6/evidence-interface";
import { changeKind } from "../snapshot/change-kind.ts";
import type { SnapshotEntry } from "../snapshot/snapshot-entry.ts";
import type { GitState } from "./take-git-state.ts";

/** A path below `.git` that differs, as the observation records it. */
export type GitStateChange = Observation["workspace"]["gitState"][number];

/**
 * Every non-object path of a git directory that differs, sorted by code unit. New content of `index` is `touched`,
 * since a mere `git status` writes it and the tree snapshot is what counts; so is another number of objects.
 */
export function compareGitState(before: GitState, after: GitState): GitStateChange[] {
  const [old, now] = [byPath(before), byPath(after)];
  const changes: GitStateChange[] = [];
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const kind = kindOf(path, old.get(path), now.get(path));
    if (kind !== null) changes.push({ path, kind });
  }
  if (before.objects !== after.objects && !changes.some(({ path }) => path === "objects")) {
    changes.push({ path: "objects", kind: "touched" });
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function kindOf(
  path: string,
  before: SnapshotEntry | undefined,
  after: SnapshotEntry | undefined,
): Change["kind"] | null {
  const kind = changeKind(before, after);
  if (after?.type === "unreadable") return kind === null || kind === "touched" ? "modified" : kind;
  return path === "index" && kind === "modified" && after?.type === "file" ? "touched" : kind;
}

function byPath({ entries }: GitState): ReadonlyMap<string, SnapshotEntry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}
