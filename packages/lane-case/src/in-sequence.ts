/** A record and the number that says where in the run it belongs. */
export interface Numbered {
  readonly sequence: number;
}

/** Most records that are held back for a missing one; parallel tools lie a few lines apart. */
const MAX_HELD = 4096;

/**
 * Puts records in the order of their numbers, from 1: parallel tools are written out of order on disk. What is out of
 * place is held back until the missing ones come, or until the end.
 */
export class InSequence<T extends Numbered> {
  readonly #held = new Map<number, T>();
  #next = 1;

  /** The records that are in place now; `repeated` when this number was there before. */
  take(record: T): { readonly ready: readonly T[]; readonly repeated: boolean } {
    if (record.sequence < this.#next || this.#held.has(record.sequence)) return { ready: [], repeated: true };
    this.#held.set(record.sequence, record);
    const ready: T[] = [];
    if (this.#held.size > MAX_HELD) this.#next = Math.min(...this.#held.keys());
    for (let found = this.#held.get(this.#next); found !== undefined; found = this.#held.get(this.#next)) {
      ready.push(found);
      this.#held.delete(this.#next);
      this.#next += 1;
    }
    return { ready, repeated: false };
  }

  /** What is still held, in order; `missing` is the first number that never came, null when none is missing. */
  rest(): { readonly ready: readonly T[]; readonly missing: number | null } {
    const ready = [...this.#held.values()].toSorted((a, b) => a.sequence - b.sequence);
    return { ready, missing: ready.length === 0 ? null : this.#next };
  }
}
