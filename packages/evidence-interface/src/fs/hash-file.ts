import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, read as readCallback, readSync } from "node:fs";
import { promisify } from "node:util";
import type { Sha256 } from "../primitives.ts";

/** Small enough that a block of the event log, decoded, leaves the young generation of the heap quickly. */
const CHUNK = 256 * 1024;
/**
 * Bytes of a file read without awaiting. A bundle is mostly files of a few kilobytes, and a turn of the event loop with a
 * thread of the pool costs several times what reading one does.
 */
const AT_ONCE = 1024 * 1024;

const read = promisify(readCallback);
// One for all: no two files are read without awaiting at the same time.
const shared = Buffer.allocUnsafeSlow(CHUNK);

/**
 * Reads a regular file once, chunk by chunk. Never follows a link and never blocks on a FIFO. Rejects with the system
 * error when the file cannot be read, and with EFBIG when it is larger than `maxBytes`: before it is read, and at that place
 * when it grows meanwhile. A chunk is only valid during the call, which reads no other file.
 */
export async function readChunks(
  path: string,
  take: (chunk: Buffer) => void,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  const file = openRegular(path);
  let size = 0;
  const onChunk = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    take(chunk);
  };
  try {
    if (fstatSync(file).size > maxBytes) throw tooLarge();
    for (let done = 0; done < AT_ONCE;) {
      const length = readSync(file, shared, 0, CHUNK, null);
      if (length === 0) return;
      onChunk(shared.subarray(0, length));
      done += length;
    }
    await readAhead(file, onChunk);
  } finally {
    closeSync(file);
  }
}

/** The rest of an open file, the next chunk read while this one is judged: waiting between them cost a seventh of the whole check. */
async function readAhead(file: number, onChunk: (chunk: Buffer) => void): Promise<void> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
  const next = async (into: Buffer): Promise<Buffer> =>
    into.subarray(0, (await read(file, into, 0, CHUNK, null)).bytesRead);
  let chunk = await next(buffers[0]);
  for (let turn = 1; chunk.length > 0; turn += 1) {
    const ahead = next(turn % 2 === 0 ? buffers[0] : buffers[1]);
    try {
      onChunk(chunk);
    } catch (error) {
      await ahead.catch(() => undefined);
      throw error;
    }
    chunk = await ahead;
  }
}

const tooLarge = (): Error => Object.assign(new Error("file too large"), { code: "EFBIG" });

function openRegular(path: string): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  let isFile = false;
  try {
    isFile = fstatSync(file).isFile();
  } finally {
    if (!isFile) closeSync(file);
  }
  if (!isFile) throw Object.assign(new Error("not a regular file"), { code: "ENOTFILE" });
  return file;
}

/** {@link readChunks} with size and digest of the whole file; the same bound. */
export async function readHashed(
  path: string,
  onChunk: (chunk: Buffer) => void = () => undefined,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
): Promise<{ size: number; sha256: Sha256 }> {
  const hash = createHash("sha256");
  let size = 0;
  await readChunks(
    path,
    (chunk) => {
      size += chunk.length;
      hash.update(chunk);
      onChunk(chunk);
    },
    maxBytes,
  );
  return { size, sha256: `sha256:${hash.digest("hex")}` };
}

/** Reads a regular file of at most `maxBytes` whole; null when it is larger. Same refusals as {@link readHashed}. */
export async function readSmallFile(path: string, maxBytes: number): Promise<Buffer | null> {
  const file = openRegular(path);
  try {
    if (fstatSync(file).size > maxBytes) return null;
    const parts: Buffer[] = [];
    for (let size = 0; ;) {
      const length = readSync(file, shared, 0, CHUNK, null);
      if (length === 0) return Buffer.concat(parts);
      size += length;
      // A file may grow while it is read, and a size of 0 may be no size at all.
      if (size > maxBytes) return null;
      parts.push(Buffer.from(shared.subarray(0, length)));
    }
  } finally {
    closeSync(file);
  }
}
