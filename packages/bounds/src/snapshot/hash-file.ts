import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from "node:fs";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import type { Turn } from "./turn.ts";

/** Bytes read at once, and the most of a buffer that {@link hashFile} needs. */
export const CHUNK_BYTES = 256 * 1024;

/**
 * `sha256:<hex>` of a file seen before by lstat, or null when it cannot be read or is no longer the same file. `chunk` is
 * read into; nobody else may use it meanwhile.
 */
export async function hashFile(
  full: Buffer,
  seen: SnapshotEntry,
  chunk: Buffer,
  turn: Turn,
): Promise<string | null> {
  let file: number | null = null;
  try {
    // NOFOLLOW and NONBLOCK: the path may have become a link or a fifo since lstat.
    file = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!isSame(seen, fstatSync(file, { bigint: true }))) return null;
    const hash = createHash("sha256");
    let total = 0;
    for (;;) {
      const read = readSync(file, chunk, 0, chunk.length, null);
      if (read === 0) break;
      total += read;
      if (total > seen.size) return null;
      hash.update(chunk.subarray(0, read));
      if (turn.isOver) await turn.pass();
    }
    if (total !== seen.size || !isSame(seen, fstatSync(file, { bigint: true }))) return null;
    return `sha256:${hash.digest("hex")}`;
  } catch {
    return null;
  } finally {
    if (file !== null) close(file);
  }
}

function close(file: number): void {
  try {
    closeSync(file);
  } catch {
    // What was read is hashed; a failing close of a file that was only read changes nothing about it.
  }
}

function isSame(seen: SnapshotEntry, stats: BigIntStats): boolean {
  return (
    stats.isFile() &&
    String(stats.ino) === seen.ino &&
    String(stats.dev) === seen.dev &&
    String(stats.ctimeNs) === seen.ctimeNs &&
    Number(stats.size) === seen.size
  );
}
