import { type DraftRaw, drift, type EventDraft } from "@stage6/lane-contract";

/**
 * Order of the records of one run, as every tested version keeps it: one thread first, turns one after the other, items
 * inside a turn (warnings may come before the first), and new items numbered upwards. The stream has no sequence
 * number, so this is what a lost or moved line can be seen by.
 */
export class TurnOrder {
  #disorder: EventDraft | null = null;
  #records = 0;
  #turn: "before" | "open" | "over" = "before";
  readonly #seen = new Set<string>();
  readonly #over = new Set<string>();
  #newest = -1;

  /** Takes a record of a known type and shape; `item` is null for records without one. */
  take(type: string, item: { readonly id: string; readonly type: string } | null, raw: DraftRaw): void {
    const wrong = this.#wrong(type, item);
    this.#records += 1;
    if (wrong !== null) this.#disorder ??= drift(raw, type, `out of order: ${wrong}`);
  }

  /** The first record out of its place, as drift; empty when there is none. */
  end(): readonly EventDraft[] {
    return this.#disorder === null ? [] : [this.#disorder];
  }

  #wrong(type: string, item: { readonly id: string; readonly type: string } | null): string | null {
    switch (type) {
      case "thread.started":
        return this.#records === 0 ? null : "a thread began after other records";
      case "turn.started": {
        const open = this.#turn === "open";
        this.#turn = "open";
        if (this.#records === 0) return "a turn before its thread";
        return open ? "a turn began inside a turn" : null;
      }
      case "turn.completed":
      case "turn.failed": {
        const open = this.#turn === "open";
        this.#turn = "over";
        return open ? null : "a turn ended that was not open";
      }
      default:
        return item === null ? null : this.#wrongItem(type, item);
    }
  }

  #wrongItem(phase: string, { id, type }: { readonly id: string; readonly type: string }): string | null {
    if (this.#over.has(id)) return "an item that was over";
    if (phase === "item.completed") this.#over.add(id);
    if (this.#turn !== "open" && !(this.#turn === "before" && type === "error"))
      return "an item outside a turn";
    if (this.#seen.has(id)) return null;
    this.#seen.add(id);
    // Searches carry an id of the provider's.
    const number = /^item_([0-9]{1,9})$/.exec(id)?.[1];
    if (number === undefined) return null;
    const older = Number(number) <= this.#newest;
    this.#newest = Math.max(this.#newest, Number(number));
    return older ? "a new item with an older number" : null;
  }
}
