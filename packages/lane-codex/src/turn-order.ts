import { type DraftRaw, drift, type EventDraft } from "@stage6/lane-contract";

/** What is completed by the end of its turn: the plan, and commands that still run. */
const CLOSED_LATE: ReadonlySet<string> = new Set(["todo_list", "command_execution"]);

/**
 * Order of the records of one run, as every tested version keeps it: one thread first, turns one after the other, items
 * inside a turn (warnings may come before the first), new items numbered upwards without a gap, and a plan over only when
 * its turn is. The stream has no sequence number, so this is what a lost or moved line can be seen by.
 */
export class TurnOrder {
  #disorder: EventDraft | null = null;
  #records = 0;
  #turn: "before" | "open" | "over" = "before";
  readonly #seen = new Set<string>();
  readonly #over = new Set<string>();
  /** Items so far; searches carry an id of the provider's and still count. */
  #items = 0;
  #planOver = false;

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
        this.#planOver = false;
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
    if (this.#planOver && !CLOSED_LATE.has(type)) return "an item after the turn's plan was over";
    this.#planOver ||= type === "todo_list" && phase === "item.completed";
    if (this.#seen.has(id)) return phase === "item.started" ? "an item began that had begun" : null;
    this.#seen.add(id);
    const number = /^item_([0-9]{1,9})$/.exec(id)?.[1];
    const fits = number === undefined || Number(number) === this.#items;
    this.#items = number === undefined ? this.#items + 1 : Number(number) + 1;
    return fits ? null : "a new item with another number than the next";
  }
}
