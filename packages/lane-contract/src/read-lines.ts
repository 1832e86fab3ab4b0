/** One line of a stream with its place in it. */
export interface StreamLine {
  /** Byte offset of the line's first byte in the stream. */
  readonly offset: number;
  /** Length in bytes, without the newline. */
  readonly length: number;
  /** The line's text, or null when it is not valid UTF-8 or longer than the limit. */
  readonly text: string | null;
  /** Why `text` is null. */
  readonly reason: "not-utf8" | "too-long" | null;
  /** False when the stream ended without a newline after it. */
  readonly terminated: boolean;
}

/** Longest line a translator reads as a record, bytes; a longer one is kept raw and reported as `too-long`. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Splits a stream of bytes into lines at `\n` only (a backend may print U+2028 or a bare CR inside a record).
 * Total: holds at most `maxBytes` of an unfinished line, and drops no byte from its count.
 */
export class LineReader {
  #offset = 0;
  #parts: Uint8Array[] = [];
  #held = 0;
  #length = 0;
  readonly #max: number;

  constructor(maxBytes: number = MAX_RECORD_BYTES) {
    this.#max = maxBytes;
  }

  /** Lines finished by this chunk. */
  push(chunk: Uint8Array): StreamLine[] {
    const lines: StreamLine[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(10, start);
      if (end < 0) break;
      this.#take(chunk.subarray(start, end));
      lines.push(this.#finish(true));
      start = end + 1;
    }
    this.#take(chunk.subarray(start));
    return lines;
  }

  /** The last line when the stream ended without a newline; empty otherwise. */
  end(): StreamLine[] {
    return this.#length === 0 ? [] : [this.#finish(false)];
  }

  #take(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#max) {
      this.#parts = [];
      this.#held = 0;
    } else if (part.length > 0) {
      // A copy that is one: slice() of a Buffer shares its memory.
      this.#parts.push(new Uint8Array(part));
      this.#held += part.length;
    }
  }

  #finish(terminated: boolean): StreamLine {
    const line = { offset: this.#offset, length: this.#length, terminated };
    const long = this.#length > this.#max;
    const text = long ? null : decode(this.#joined());
    this.#offset += this.#length + (terminated ? 1 : 0);
    this.#parts = [];
    this.#held = 0;
    this.#length = 0;
    return { ...line, text, reason: text !== null ? null : long ? "too-long" : "not-utf8" };
  }

  #joined(): Uint8Array {
    const [only] = this.#parts;
    if (only !== undefined && this.#parts.length === 1) return only;
    const all = new Uint8Array(this.#held);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
