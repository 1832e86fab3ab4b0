import type { BoundsTier } from "@stage6/evidence-interface";
import {
  type DraftRaw,
  drift,
  type EventDraft,
  field,
  type JsonRecord,
  jsonText,
  parseRecord,
  rawOf,
  recordField,
  recordsField,
  short,
  type StreamLine,
  textField,
  unread,
} from "@stage6/lane-contract";
import { callKeys } from "./call-keys.ts";
import { callOutcome } from "./call-outcome.ts";
import { SHAPES } from "./known-shapes.ts";
import { policyDrift } from "./effective-policy.ts";
import type { SessionCall, SessionEntry } from "./session-call.ts";
import { SessionOrder } from "./session-order.ts";

/** Place of an entry, which the session stream gives it. */
type Place = Pick<SessionEntry, "at" | "round">;

/**
 * Reads the session file. Its format is internal to Codex, so everything that is no tool call, no message of the agent and no
 * statement of the effective policy is passed over; a tool call that cannot be read is drift, because the file is the only
 * complete list of calls.
 */
export class SessionStream {
  /** Calls and messages in the order of the file. */
  readonly entries: SessionEntry[] = [];
  readonly calls: SessionCall[] = [];
  readonly drafts: EventDraft[] = [];
  readonly order = new SessionOrder();
  /** Thread that the header names; null without a header. */
  threadId: string | null = null;
  /** Whether the last turn that began is over. */
  turnOver = false;
  readonly #byId = new Map<string, SessionCall>();
  readonly #outerBounds: BoundsTier;
  #round = 0;
  #answered = false;
  #bytes = 0;
  #records = 0;
  /** The record that said that a message or a thought was completed, just before the item itself. */
  #saidAt: number | null = null;

  constructor(outerBounds: BoundsTier = "default") {
    this.#outerBounds = outerBounds;
  }

  /** The place behind the last record. */
  get end(): DraftRaw {
    return { stream: "session", offset: this.#bytes, length: 0 };
  }

  read(line: StreamLine): void {
    const raw = rawOf("session", line);
    this.#bytes = line.offset + line.length + (line.terminated ? 1 : 0);
    const record = line.text === null ? null : parseRecord(line.text);
    if (record === null) {
      this.drafts.push(
        unread(raw, line.reason ?? (line.terminated ? "not-json" : "not-json, cut at the end of the stream")),
      );
      return;
    }
    this.order.take(record, raw);
    this.#records += 1;
    const payload = recordField(record, "payload");
    switch (textField(record, "type")) {
      case "session_meta":
        this.threadId ??= textField(payload, "id");
        return;
      case "turn_context": {
        const reason = policyDrift(payload, this.#outerBounds);
        if (reason !== null) this.drafts.push(drift(raw, "session turn_context", reason));
        return;
      }
      case "event_msg": {
        const type = textField(payload, "type");
        if (type === "task_started" || type === "task_complete") this.turnOver = type === "task_complete";
        if (type === "item_completed") this.#completed(recordField(payload, "item"));
        return;
      }
      case "response_item":
        return this.#item(payload, raw);
      default:
        return;
    }
  }

  #item(payload: JsonRecord, raw: DraftRaw): void {
    const type = textField(payload, "type");
    const said = saidKeys(payload);
    if (said.length > 0) {
      const place = this.#place();
      this.entries.push({ keys: said, ...place, at: this.#saidAt ?? place.at });
      this.#saidAt = null;
    }
    if (!SHAPES.has("calls", type)) return;
    const misfit = SHAPES.findDrift("calls", type, payload);
    if (misfit !== null) {
      this.drafts.push(drift(raw, `session ${type}`, misfit));
      return;
    }
    if (type.endsWith("_output")) return this.#output(payload, raw);
    const call = toCall(type, payload, raw, this.#place());
    this.entries.push(call);
    this.calls.push(call);
    if (call.callId === "") return;
    if (this.#byId.has(call.callId)) this.order.say(raw, "a call that was there before");
    this.#byId.set(call.callId, call);
  }

  #output(payload: JsonRecord, raw: DraftRaw): void {
    this.#answered = true;
    const call = this.#byId.get(textField(payload, "call_id"));
    if (call === undefined) return this.order.say(raw, "an output before its call");
    call.end = { ...callOutcome(outputText(field(payload, "output"))), raw };
  }

  #completed(item: JsonRecord): void {
    const call = this.#byId.get(textField(item, "id"));
    if (call !== undefined) call.completedAt ??= this.#records;
    else if (["AgentMessage", "Reasoning"].includes(textField(item, "type"))) this.#saidAt = this.#records;
  }

  #place(): Place {
    if (this.#answered) this.#round += 1;
    this.#answered = false;
    return { at: this.#records, round: this.#round };
  }
}

/** Keys of a message or a thought of the agent; empty for any other item. */
function saidKeys(payload: JsonRecord): readonly string[] {
  const texts = (list: string): string[] =>
    recordsField(payload, list)
      .map((part) => textField(part, "text"))
      .filter((text) => text !== "");
  switch (textField(payload, "type")) {
    case "message": {
      const text = texts("content").join("");
      return textField(payload, "role") === "assistant" && text !== "" ? [`said ${text}`] : [];
    }
    case "reasoning":
      return texts("summary").map((text) => `thought ${text}`);
    default:
      return [];
  }
}

function toCall(type: string, payload: JsonRecord, raw: DraftRaw, place: Place): SessionCall {
  const callId = textField(payload, "call_id");
  const server = textField(payload, "namespace");
  const name = server === "" ? textField(payload, "name") : `${server}__${textField(payload, "name")}`;
  const call = (tool: string, input: string, args: JsonRecord): SessionCall => ({
    callId,
    tool: short(tool, 256),
    input: short(input),
    keys: callKeys(tool, input, args),
    raw,
    completedAt: null,
    end: null,
    ...place,
  });
  switch (type) {
    case "function_call":
      return call(name, textField(payload, "arguments"), parseRecord(textField(payload, "arguments")) ?? {});
    case "custom_tool_call":
      return call(name, textField(payload, "input"), {});
    default:
      return call(type, jsonText(field(payload, "action")), recordField(payload, "action"));
  }
}

/** An output is a text, an object with `content`, or a list of content items. */
function outputText(output: unknown): string {
  return typeof output === "string" ? output : jsonText(output);
}
