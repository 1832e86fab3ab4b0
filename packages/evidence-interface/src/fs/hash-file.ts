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
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(4096, stat.size + 1)));
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      onChunk(buffer.subarray(0, bytesRead));
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
