import type { EventDraft } from "@stage6/lane-contract";
import { eventKey } from "./lane-events.ts";

/** Where the recorder points to for an end that the backend never told. */
const NOWHERE = { artifact: "artifacts/stdout.raw", offset: 0, length: 0 };

/**
 * Keys of the events that drafts become in a log. A log pairs what a backend leaves unpaired: a second start closes the
 * first, an end without a start gets one, and what is still open at the end is closed.
 */
export class DraftKeys {
  readonly keys: string[] = [];
  readonly #calls = new Set<string>();
  readonly #phases = new Set<string>();

  /** Takes drafts in the order in which they were translated. */
  add(drafts: readonly EventDraft[]): void {
    for (const draft of drafts) this.#add(draft);
  }

  /** Every stream is over: what is open is closed. */
  close(): void {
    for (const _ of this.#calls) this.keys.push(eventKey("tool.ended", NOWHERE));
    for (const _ of this.#phases) this.keys.push(eventKey("phase.ended", NOWHERE));
  }

  #add(draft: EventDraft): void {
    const raw = {
      artifact: `artifacts/${draft.raw.stream}.raw`,
      offset: draft.raw.offset,
      length: draft.raw.length,
    };
    if (draft.type === "tool.started") {
      if (this.#calls.has(draft.data.callId)) this.keys.push(eventKey("tool.ended", raw));
      this.#calls.add(draft.data.callId);
    } else if (draft.type === "tool.ended") {
      if (!this.#calls.delete(draft.data.callId)) this.keys.push(eventKey("tool.started", raw));
    } else if (draft.type === "phase.started") this.#phases.add(`${draft.data.phase}/${draft.data.attempt}`);
    else if (draft.type === "phase.ended") this.#phases.delete(`${draft.data.phase}/${draft.data.attempt}`);
    this.keys.push(eventKey(draft.type, raw));
  }
}
