import { createHash, randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BoundsError } from "../bounds-error.ts";

/** Bytes held in memory before blocks go to a file. */
const HELD_BYTES = 2 ** 20;

interface Block {
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
  /** The bytes themselves while they are held in memory. */
  readonly held: Buffer | null;
}

/**
 * Blocks of bytes, written once and read at will: the first in memory, the rest in a file that has no name, so that
 * nothing stays behind however the process ends. A process of the same user could still reach an open file of this one,
 * so every block that was in the file is held against its digest each time it is read.
 */
export class BlockStore {
  readonly #blocks: Block[] = [];
  #file: number | null = null;
  #size = 0;
  #held = 0;
  #longest = 0;
  #isClosed = false;

  /** Number of blocks. */
  get count(): number {
    return this.#blocks.length;
  }

  /** Bytes of all blocks. */
  get size(): number {
    return this.#size;
  }

  /** Adds a block, which the caller gives away. With no room for the file it stays in memory. */
  add(bytes: Buffer): void {
    const isHeld = this.#held + bytes.length <= HELD_BYTES || !this.#write(bytes);
    if (isHeld) this.#held += bytes.length;
    this.#blocks.push({
      offset: this.#size,
      length: bytes.length,
      sha256: isHeld ? "" : digest(bytes),
      held: isHeld ? bytes : null,
    });
    this.#size += bytes.length;
    this.#longest = Math.max(this.#longest, bytes.length);
  }

  /** Length of the longest block, bytes. */
  get longest(): number {
    return this.#longest;
  }

  /**
   * The block at an index from 0, read into `space` when it lies in the file; throws OBSERVATION_CHANGED when the file no
   * longer holds what was written.
   */
  read(index: number, space?: Buffer): Buffer {
    const block = this.#blocks[index];
    if (block === undefined || this.#isClosed) throw new RangeError(`no block ${index}`);
    if (block.held !== null) return block.held;
    const bytes = (space ?? Buffer.allocUnsafeSlow(block.length)).subarray(0, block.length);
    let done = 0;
    while (this.#file !== null && done < block.length) {
      const read = readSync(this.#file, bytes, done, block.length - done, block.offset + done);
      if (read === 0) break;
      done += read;
    }
    if (done < block.length || digest(bytes) !== block.sha256)
      throw new BoundsError("OBSERVATION_CHANGED", "what was observed was changed by another process");
    return bytes;
  }

  /** Gives the file back; the blocks can no longer be read. Safe to call again. */
  close(): void {
    this.#isClosed = true;
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #write(bytes: Buffer): boolean {
    try {
      this.#file ??= openNameless();
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#size + done);
      return true;
    } catch {
      return false;
    }
  }
}

function openNameless(): number {
  const path = join(tmpdir(), `stage6-${randomUUID()}`);
  const file = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return file;
}

const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");
