import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { SnapshotEntry } from "./snapshot.ts";

const CHUNK_BYTES = 256 * 1024;

/** `sha256:<hex>` of a file seen before by lstat, or null when it cannot be read or is no longer the same file. */
export async function hashFile(full: Buffer, seen: SnapshotEntry): Promise<string | null> {
  let handle: FileHandle | null = null;
  try {
    // NOFOLLOW and NONBLOCK: the path may have become a link or a fifo since lstat.
    handle = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!isSame(seen, await handle.stat({ bigint: true }))) return null;
    const hash = createHash("sha256");
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, seen.size + 1));
    let total = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      total += bytesRead;
      if (total > seen.size) return null;
      hash.update(chunk.subarray(0, bytesRead));
    }
    if (total !== seen.size || !isSame(seen, await handle.stat({ bigint: true }))) return null;
    return `sha256:${hash.digest("hex")}`;
  } catch {
    return null;
  } finally {
    await handle?.close().catch(() => undefined);
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
