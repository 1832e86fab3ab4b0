import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Sha256 } from "../primitives.ts";

/** Small enough that a block of the event log, decoded, leaves the young generation of the heap quickly. */
const CHUNK = 256 * 1024;

/**
 * Reads a regular file once, chunk by chunk. Never follows a link and never blocks on a FIFO. Rejects with the system
 * error when the file cannot be read. A chunk is only valid during the call.
 */
export async function readChunks(path: string, onChunk: (chunk: Buffer) => void): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw Object.assign(new Error("not a regular file"), { code: "ENOTFILE" });
    // Small files get a small buffer: a bundle is mostly files of a few kilobytes.
    const length = Math.min(CHUNK, Math.max(4096, stat.size + 1));
    const buffers = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)] as const;
    const read = async (into: Buffer): Promise<Buffer> => {
      const { bytesRead } = await file.read(into, 0, length, null);
      return into.subarray(0, bytesRead);
    };
    let chunk = await read(buffers[0]);
    for (let turn = 1; chunk.length > 0; turn += 1) {
      // Read ahead while this chunk is judged: waiting for the disk between chunks cost a seventh of the whole check.
      const ahead = read(turn % 2 === 0 ? buffers[0] : buffers[1]);
      try {
        onChunk(chunk);
      } catch (error) {
        await ahead.catch(() => undefined);
        throw error;
      }
      chunk = await ahead;
    }
  } finally {
    await file.close();
  }
}

/** {@link readChunks} with size and digest of the whole file. */
export async function readHashed(
  path: string,
  onChunk: (chunk: Buffer) => void = () => undefined,
): Promise<{ size: number; sha256: Sha256 }> {
  const hash = createHash("sha256");
  let size = 0;
  await readChunks(path, (chunk) => {
    size += chunk.length;
    hash.update(chunk);
    onChunk(chunk);
  });
  return { size, sha256: `sha256:${hash.digest("hex")}` };
}

/** Reads a regular file of at most `maxBytes` whole; null when it is larger. Same refusals as {@link readHashed}. */
export async function readSmallFile(path: string, maxBytes: number): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw Object.assign(new Error("not a regular file"), { code: "ENOTFILE" });
    if (stat.size > maxBytes) return null;
    const bytes = await file.readFile();
    return bytes.length > maxBytes ? null : bytes;
  } finally {
    await file.close();
  }
}
