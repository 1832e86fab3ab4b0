const EMPTY = Buffer.alloc(0);

/**
 * Regroups a byte stream into blocks of whole lines, so that a line never straddles two blocks. Holds at most one
 * unfinished line of `maxLine` bytes; the bytes of a longer one are skipped up to its newline and reported once.
 */
export class WholeLines {
  #tail: Buffer = EMPTY;
  #offset = 0;
  #skipped = 0;
  #skipping = false;
  readonly #maxLine: number;
  readonly #onLong: (offset: number) => void;

  constructor(maxLine: number, onLong: (offset: number) => void) {
    this.#maxLine = maxLine;
    this.#onLong = onLong;
  }

  /** Stream offset of the first byte of the block that {@link push} returned last. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes after the last newline. */
  get unfinished(): number {
    return this.#tail.length + this.#skipped;
  }

  /** Whole lines that this chunk completes, newline included; empty when there are none. Valid until the next call. */
  push(chunk: Buffer): Buffer {
    let bytes = chunk;
    if (this.#skipping) {
      const end = bytes.indexOf(10);
      this.#skipped += end < 0 ? bytes.length : end + 1;
      if (end < 0) return EMPTY;
      bytes = bytes.subarray(end + 1);
      this.#offset += this.#skipped;
      this.#skipped = 0;
      this.#skipping = false;
    }
    const all = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const end = all.lastIndexOf(10) + 1;
    // A copy: the caller may read the next chunk into the same memory.
    this.#tail = Buffer.from(all.subarray(end));
    const block = all.subarray(0, end);
    if (this.#tail.length > this.#maxLine) {
      this.#onLong(this.#offset + end);
      this.#skipped = this.#tail.length;
      this.#tail = EMPTY;
      this.#skipping = true;
    }
    return block;
  }

  /** Call after the block was read: moves {@link offset} behind it. */
  done(block: Buffer): void {
    this.#offset += block.length;
  }
}
