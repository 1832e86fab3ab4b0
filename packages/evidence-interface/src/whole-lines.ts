/** Receives a byte stream in order: blocks of whole lines, and the pieces of lines too long to hold. */
export interface LineSink {
  /** Whole lines, newlines included, whose first byte lies at `offset`. Valid during the call only. */
  readonly block: (bytes: Buffer, offset: number) => void;
  /** A line longer than the bound begins at `offset`; its bytes follow in {@link skipped}. */
  readonly long: (offset: number) => void;
  /** Bytes of a line too long, its newline included. Valid during the call only. */
  readonly skipped: (bytes: Buffer) => void;
}

/** Most pieces of an unfinished line held apart before they are joined. */
const MAX_PIECES = 1024;

/**
 * Regroups a byte stream into blocks of whole lines, so that a line never straddles two blocks. Holds at most one
 * unfinished line of `maxLine` bytes. Every byte goes to the sink exactly once, {@link rest} aside. A line too long
 * may also lie inside a block, when it came in one chunk: the sink measures lines itself.
 */
export class WholeLines {
  #pieces: Buffer[] = [];
  #held = 0;
  #offset = 0;
  #skipping = false;
  readonly #maxLine: number;
  readonly #sink: LineSink;

  constructor(maxLine: number, sink: LineSink) {
    this.#maxLine = maxLine;
    this.#sink = sink;
  }

  /** Bytes after the last newline, unless they belong to a line too long. */
  get rest(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** True inside a line too long. */
  get skipping(): boolean {
    return this.#skipping;
  }

  /** The next bytes. */
  push(chunk: Buffer): void {
    let start = 0;
    if (this.#skipping || this.#held > 0) {
      start = chunk.indexOf(10) + 1;
      const head = start === 0 ? chunk : chunk.subarray(0, start);
      if (this.#skipping) this.#skip(head);
      else if (start === 0) this.#hold(head);
      else this.#finish(head);
      if (start === 0) return;
      this.#skipping = false;
    }
    const end = Math.max(start, chunk.lastIndexOf(10) + 1);
    if (end > start) this.#emit(chunk.subarray(start, end));
    if (end < chunk.length) this.#hold(chunk.subarray(end));
  }

  #emit(block: Buffer): void {
    this.#sink.block(block, this.#offset);
    this.#offset += block.length;
  }

  #skip(bytes: Buffer): void {
    this.#sink.skipped(bytes);
    this.#offset += bytes.length;
  }

  #finish(head: Buffer): void {
    const line = Buffer.concat([...this.#pieces, head]);
    this.#pieces = [];
    this.#held = 0;
    this.#emit(line);
  }

  #hold(bytes: Buffer): void {
    this.#held += bytes.length;
    // A copy: the caller may read the next chunk into the same memory.
    this.#pieces.push(Buffer.from(bytes));
    if (this.#held > this.#maxLine) {
      this.#sink.long(this.#offset);
      for (const piece of this.#pieces) this.#skip(piece);
      this.#pieces = [];
      this.#held = 0;
      this.#skipping = true;
    } else if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }
}
