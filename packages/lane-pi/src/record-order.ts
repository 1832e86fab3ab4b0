import { type DraftRaw, drift, type EventDraft, type JsonRecord, textField } from "@stage6/lane-contract";
import { MessageOrder } from "./message-order.ts";

/**
 * Order of the records of one run, as every tested version keeps it: the session first, then agents one after the other,
 * turns inside an agent, messages and tool calls inside a turn, and what is told twice told alike. The stream has no
 * sequence number, so this is what a lost or moved line can be seen by.
 */
export class RecordOrder {
  #disorder: EventDraft | null = null;
  #records = 0;
  #agent = false;
  #turn = false;
  /** Role of the message that is open; null when none is. */
  #message: string | null = null;
  readonly #calls = new Set<string>();
  readonly #messages = new MessageOrder();

  /** Takes a record of a known type and shape. */
  take(type: string, record: JsonRecord, raw: DraftRaw): void {
    const nested = this.#wrong(type, record);
    const wrong = this.#messages.wrong(type, record) ?? nested;
    this.#records += 1;
    if (wrong !== null) this.#disorder ??= drift(raw, type, `out of order: ${wrong}`);
  }

  /** The first record out of its place, as drift; empty when there is none. */
  end(): readonly EventDraft[] {
    return this.#disorder === null ? [] : [this.#disorder];
  }

  #wrong(type: string, record: JsonRecord): string | null {
    if (type === "session") return this.#records === 0 ? null : "a session after other records";
    if (this.#records === 0) return "a record before its session";
    switch (type) {
      case "agent_start":
      case "agent_end": {
        const fits = this.#agent === (type === "agent_end") && !this.#turn && this.#quiet();
        this.#agent = type === "agent_start";
        return fits ? null : "an agent began or ended inside something open";
      }
      case "turn_start":
      case "turn_end": {
        const fits = this.#agent && this.#turn === (type === "turn_end") && this.#quiet();
        this.#turn = type === "turn_start";
        return fits ? null : "a turn began or ended in the wrong place";
      }
      case "auto_retry_start":
        return this.#turn ? "a retry inside a turn" : null;
      case "agent_settled":
        return this.#agent ? "settled while an agent works" : null;
      default:
        return this.#turn ? this.#inside(type, record) : this.#outside(type);
    }
  }

  #outside(type: string): string | null {
    return /^(?:message|tool_execution)_/.test(type) ? "a message or a call outside a turn" : null;
  }

  #inside(type: string, record: JsonRecord): string | null {
    const call = textField(record, "toolCallId");
    switch (type) {
      case "message_start":
      case "message_end": {
        const inner: unknown = record["message"];
        const role = typeof inner === "object" && inner !== null && "role" in inner ? String(inner.role) : "";
        const fits = this.#message === (type === "message_start" ? null : role);
        this.#message = type === "message_start" ? role : null;
        return fits ? null : "a message began or ended in the wrong place";
      }
      case "tool_execution_start": {
        const fits = this.#message === null && !this.#calls.has(call);
        this.#calls.add(call);
        return fits ? null : "a call began in the wrong place";
      }
      case "tool_execution_end":
        return this.#calls.delete(call) ? null : "a call ended that was not open";
      default:
        return null;
    }
  }

  #quiet(): boolean {
    return this.#message === null && this.#calls.size === 0;
  }
}
