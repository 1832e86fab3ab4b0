import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, writeSync } from "node:fs";
import type { Sha256 } from "@stage6/evidence-interface";
import type { HeldFolder } from "@stage6/evidence-interface/fs";

/**
 * Copies one file between held folders, holes as holes, and returns the digest of what was copied. A file with more than
 * one name is taken: the snapshot judges those. Throws UnsafeFileError for any other that is not a plain file of `size`
 * bytes at most.
 */
export function copyHeldFile(
  from: HeldFolder,
  to: HeldFolder,
  path: string,
  { size, mode }: { readonly size: number; readonly mode: number },
): Sha256 {
  const hash = createHash("sha256");
  const copy = to.createFile(path, mode & 0o777);
  try {
    let done = 0;
    from.readChunks(path, { maxBytes: size, maxLinks: Number.MAX_SAFE_INTEGER }, (chunk) => {
      hash.update(chunk);
      if (!isHole(chunk)) writeWhole(copy, chunk, done);
      done += chunk.length;
    });
    ftruncateSync(copy, done);
  } finally {
    closeSync(copy);
  }
  return `sha256:${hash.digest("hex")}`;
}

const ZEROS = Buffer.alloc(256 * 1024);

function isHole(chunk: Buffer): boolean {
  return chunk.length <= ZEROS.length && chunk.equals(ZEROS.subarray(0, chunk.length));
}

function writeWhole(file: number, chunk: Buffer, at: number): void {
  for (let done = 0; done < chunk.length;)
    done += writeSync(file, chunk, done, chunk.length - done, at + done);
}
