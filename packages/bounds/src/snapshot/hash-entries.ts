import { CHUNK_BYTES, hashFile } from "./hash-file.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { Turn } from "./turn.ts";
import { fullPath, type WalkedEntry } from "./walk-tree.ts";

/**
 * Adds content digests to walked entries, in the same order. `maxBytes` bounds what is read in total, so that a
 * sparse file cannot keep the harness busy for ever; files past it, and files that changed, become `unreadable`. An
 * entry that equals one of `like` in every field is that object.
 */
export async function hashEntries(
  root: string,
  walked: readonly WalkedEntry[],
  maxBytes: number,
  like: readonly SnapshotEntry[] = [],
): Promise<readonly SnapshotEntry[]> {
  const known = new Map(like.map((entry) => [entry.path, entry]));
  const entries: SnapshotEntry[] = [];
  const add = (entry: SnapshotEntry): void => {
    const same = known.get(entry.path);
    entries.push(same !== undefined && isEqual(same, entry) ? same : entry);
  };
  const turn = new Turn();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let left = maxBytes;
  for (const { raw, entry } of walked) {
    if (turn.isOver) await turn.pass();
    if (entry.type !== "file") {
      add(entry);
    } else if (entry.size > left) {
      add({ ...entry, type: "unreadable" });
    } else {
      left -= entry.size;
      const sha256 = await hashFile(fullPath(root, raw), entry, chunk, turn);
      add(sha256 === null ? { ...entry, type: "unreadable" } : { ...entry, sha256 });
    }
  }
  return entries;
}

function isEqual(a: SnapshotEntry, b: SnapshotEntry): boolean {
  return (
    a.path === b.path &&
    a.type === b.type &&
    a.mode === b.mode &&
    a.nlink === b.nlink &&
    a.size === b.size &&
    a.sha256 === b.sha256 &&
    a.target === b.target &&
    a.ino === b.ino &&
    a.dev === b.dev &&
    a.ctimeNs === b.ctimeNs
  );
}
