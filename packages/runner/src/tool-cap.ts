import type { EventDraft } from "@stage6/lane-contract";

/**
 * Counts tool calls by two witnesses, what the model asked for at the gateway and what the lane tells of, and says when
 * either is past the limit: a lane that keeps quiet about its calls is counted all the same.
 */
export class ToolCap {
  readonly #limit: number;
  readonly #over = new AbortController();
  #asked = 0;
  #told = 0;

  constructor(limit: number | undefined) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Aborted once there are more calls than the limit. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The higher of both counts. */
  get calls(): number {
    return Math.max(this.#asked, this.#told);
  }

  /** Counts a call that the model asked for. */
  asked(): void {
    this.#asked += 1;
    this.#check();
  }

  /** Counts the calls among what a lane told; hands the drafts on. */
  told(drafts: readonly EventDraft[]): readonly EventDraft[] {
    this.#told += drafts.filter(({ type }) => type === "tool.started").length;
    this.#check();
    return drafts;
  }

  #check(): void {
    if (this.calls > this.#limit) this.#over.abort();
  }
}
