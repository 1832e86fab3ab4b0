/** Growing byte buffer that keeps at most `max` bytes and remembers whether more came. */
export class BoundedBytes {
  readonly #max: number;
  #store = Buffer.alloc(0);
  #length = 0;
  #cut = false;

  constructor(max: number) {
    this.#max = max;
  }

  /** Number of bytes kept. */
  get length(): number {
    return this.#length;
  }

  /** Whether bytes beyond the bound were dropped. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Appends a copy of the bytes, as far as there is room. */
  append(bytes: Uint8Array): void {
    const room = this.#max - this.#length;
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (kept.length < bytes.length) this.#cut = true;
    if (kept.length === 0) return;
    const needed = this.#length + kept.length;
    if (needed > this.#store.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#max, Math.max(256, needed, this.#store.length * 2)));
      this.#store.copy(grown, 0, 0, this.#length);
      this.#store = grown;
    }
    this.#store.set(kept, this.#length);
    this.#length = needed;
  }

  /** The bytes kept, as a copy; the buffer is empty afterwards. */
  take(): Buffer {
    const taken = Buffer.from(this.#store.subarray(0, this.#length));
    this.#length = 0;
    this.#cut = false;
    if (this.#store.length > 65_536) this.#store = Buffer.alloc(0);
    return taken;
  }
}
