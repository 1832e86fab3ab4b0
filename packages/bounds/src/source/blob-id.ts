import { constants } from "node:fs";
import { open, readlink } from "node:fs/promises";
import type { SnapshotEntry } from "../snapshot/snapshot-entry.ts";
import { startBlobId, type GitObjectFormat } from "./git-object-id.ts";

const CHUNK_BYTES = 256 * 1024;

/** A file as git would store it. */
export interface StoredFile {
  readonly mode: string;
  readonly id: string;
}

/** Mode and blob id of a file or link as it lies on disk; null for anything else and for what cannot be read whole. */
export async function blobId(
  full: Buffer,
  seen: SnapshotEntry,
  format: GitObjectFormat,
): Promise<StoredFile | null> {
  try {
    if (seen.type === "symlink") {
      const target = await readlink(full, { encoding: "buffer" });
      return { mode: "120000", id: startBlobId(format, target.length).update(target).digest("hex") };
    }
    if (seen.type !== "file") return null;
    const id = await fileBlobId(full, seen.size, format);
    // git keeps one bit of a file's mode: whether its owner may execute it.
    return id === null ? null : { mode: (seen.mode & 0o100) === 0 ? "100644" : "100755", id };
  } catch {
    return null;
  }
}

async function fileBlobId(full: Buffer, size: number, format: GitObjectFormat): Promise<string | null> {
  const handle = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = startBlobId(format, size);
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
    let total = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      total += bytesRead;
      hash.update(chunk.subarray(0, bytesRead));
    }
    return total === size ? hash.digest("hex") : null;
  } finally {
    await handle.close();
  }
}
