import { CHUNK_BYTES, hashFile } from "./hash-file.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { Turn } from "./turn.ts";
import { fullPath, type WalkedEntry } from "./walk-tree.ts";

/**
 * Hands on each walked entry with its content digest, in the same order, and keeps none. `maxBytes` bounds what is read
 * in total, so that a sparse file cannot keep the harness busy for ever; files past it, and files that changed, become
 * `unreadable`.
 */
export async function hashEntries(
  root: string,
  walked: Iterable<WalkedEntry>,
  maxBytes: number,
  take: (entry: SnapshotEntry, raw: Buffer) => void,
): Promise<void> {
  const turn = new Turn();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let left = maxBytes;
  for (const { raw, entry } of walked) {
    if (turn.isOver) await turn.pass();
    if (entry.type !== "file") {
      take(entry, raw);
    } else if (entry.size > left) {
      take({ ...entry, type: "unreadable" }, raw);
    } else {
      left -= entry.size;
      const sha256 = await hashFile(fullPath(root, raw), entry, chunk, turn);
      take(sha256 === null ? { ...entry, type: "unreadable" } : { ...entry, sha256 }, raw);
    }
  }
}
