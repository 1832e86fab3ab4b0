/** Reads the data types of RFC 4251 section 5 from bytes, in order; `null` where the bytes are too short. */
export class SshReader {
  #at = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether every byte was read. */
  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next `length` bytes. */
  take(length: number): Buffer | null {
    if (length > this.#bytes.length - this.#at) return null;
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  /** A big-endian unsigned 32-bit number. */
  uint32(): number | null {
    return this.take(4)?.readUInt32BE(0) ?? null;
  }

  /** A length followed by that many bytes. */
  string(): Buffer | null {
    const length = this.uint32();
    return length === null ? null : this.take(length);
  }

  /** A string of printable ASCII. */
  text(): string | null {
    const text = this.string()?.toString("latin1") ?? null;
    return text !== null && /^[\x20-\x7e]*$/.test(text) ? text : null;
  }
}

/** A string as RFC 4251 writes it: length, then bytes. */
export function sshString(bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}
