import { hashFile } from "./hash-file.ts";
import { runPool } from "./run-pool.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { fullPath, IN_FLIGHT, type WalkedEntry } from "./walk-tree.ts";

/**
 * Adds content digests to walked entries, in the same order. `maxBytes` bounds what is read in total, so that a
 * sparse file cannot keep the harness busy for ever; files past it, and files that changed, become `unreadable`.
 */
export async function hashEntries(
  root: string,
  walked: readonly WalkedEntry[],
  maxBytes: number,
): Promise<readonly SnapshotEntry[]> {
  const entries = walked.map(({ entry }) => entry);
  const jobs: number[] = [];
  let left = maxBytes;
  for (const [index, entry] of entries.entries()) {
    if (entry.type !== "file") continue;
    if (entry.size > left) {
      entries[index] = { ...entry, type: "unreadable" };
    } else {
      left -= entry.size;
      jobs.push(index);
    }
  }
  await runPool(jobs, IN_FLIGHT, async (index) => {
    const item = walked[index];
    if (item === undefined) return;
    const sha256 = await hashFile(fullPath(root, item.raw), item.entry);
    entries[index] = sha256 === null ? { ...item.entry, type: "unreadable" } : { ...item.entry, sha256 };
  });
  return entries;
}
