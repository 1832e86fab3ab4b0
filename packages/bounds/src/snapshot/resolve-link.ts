import type { SnapshotEntry } from "./snapshot-entry.ts";

/** The entry of an escaped path in one snapshot. */
export type EntryLookup = (path: string) => SnapshotEntry | undefined;

/** Links followed before a chain counts as a loop, as in Linux. */
const MAX_LINKS = 40;

/**
 * Escaped path a symlink leads to within a snapshot, links on the way included; null when it dangles, loops, is
 * absolute or leaves the tree. Only the snapshot is consulted, never the file system.
 */
export function resolveLink(link: SnapshotEntry, find: EntryLookup): string | null {
  const at = link.path.split("/").slice(0, -1);
  const todo = targetSegments(link);
  let links = 0;
  for (;;) {
    const segment = todo.shift();
    if (segment === undefined) return at.length === 0 ? "." : at.join("/");
    if (segment === "" || segment === ".") continue;
    if (segment === null) return null;
    if (segment === "..") {
      if (at.pop() === undefined) return null;
      continue;
    }
    const next = find([...at, segment].join("/"));
    if (next === undefined) return null;
    if (next.type === "symlink") {
      links += 1;
      if (links > MAX_LINKS) return null;
      todo.unshift(...targetSegments(next));
    } else if (next.type === "dir" || todo.every((rest) => rest === "" || rest === ".")) {
      at.push(segment);
    } else {
      return null;
    }
  }
}

/** Segments of a target; a lone null stands for a target that leads out of the tree whatever the tree holds. */
function targetSegments(link: SnapshotEntry): (string | null)[] {
  return link.target === null || link.target.startsWith("/") ? [null] : link.target.split("/");
}
