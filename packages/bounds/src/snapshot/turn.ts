import { setImmediate as nextTurn } from "node:timers/promises";

/** Longest stretch of synchronous work, milliseconds: what else runs in this process (limits, a gateway) waits no longer. */
const SLICE_MS = 10;

/**
 * Work done by synchronous calls in short slices. A promise for each of a hundred thousand files costs several times what
 * the file's own system calls cost; here only a slice costs one.
 */
export class Turn {
  #until = performance.now() + SLICE_MS;

  /** Whether the slice is used up, so that {@link pass} is due. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets everything else that waits go first, then begins a new slice. */
  async pass(): Promise<void> {
    await nextTurn();
    this.#until = performance.now() + SLICE_MS;
  }
}
