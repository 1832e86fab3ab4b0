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
  short,
  type StreamLine,
  textField,
  unread,
} from "@stage6/lane-contract";
import { callKeys } from "./call-keys.ts";
import { callOutcome } from "./call-outcome.ts";
import { SHAPES } from "./known-shapes.ts";
import { policyDrift } from "./effective-policy.ts";
import type { SessionCall } from "./session-call.ts";

/**
 * Reads the session file. Its format is internal to Codex, so everything that is no tool call and no statement of the effective
 * policy is passed over; a tool call that cannot be read is drift, because the file is the only complete list of calls.
 */
export class SessionStream {
  readonly calls: SessionCall[] = [];
  readonly drafts: EventDraft[] = [];
  readonly #byId = new Map<string, SessionCall>();
  readonly #outerBounds: BoundsTier;

  constructor(outerBounds: BoundsTier = "default") {
    this.#outerBounds = outerBounds;
  }

  read(line: StreamLine): void {
    const raw = rawOf("session", line);
    const record = line.text === null ? null : parseRecord(line.text);
    if (record === null) {
      this.drafts.push(
        unread(raw, line.reason ?? (line.terminated ? "not-json" : "not-json, cut at the end of the stream")),
      );
      return;
    }
    const payload = recordField(record, "payload");
    if (textField(record, "type") === "turn_context") {
      const reason = policyDrift(payload, this.#outerBounds);
      if (reason !== null) this.drafts.push(drift(raw, "session turn_context", reason));
    }
    if (textField(record, "type") === "response_item") this.#item(payload, raw);
  }

  #item(payload: JsonRecord, raw: DraftRaw): void {
    const type = textField(payload, "type");
    if (!SHAPES.has("calls", type)) return;
    const misfit = SHAPES.findDrift("calls", type, payload);
    if (misfit !== null) {
      this.drafts.push(drift(raw, `session ${type}`, misfit));
      return;
    }
    if (type.endsWith("_output")) {
      const call = this.#byId.get(textField(payload, "call_id"));
      if (call !== undefined) call.end = { ...callOutcome(outputText(field(payload, "output"))), raw };
      return;
    }
    const call = toCall(type, payload, raw);
    this.calls.push(call);
    if (call.callId !== "") this.#byId.set(call.callId, call);
  }
}

function toCall(type: string, payload: JsonRecord, raw: DraftRaw): SessionCall {
  const callId = textField(payload, "call_id");
  const server = textField(payload, "namespace");
  const name = server === "" ? textField(payload, "name") : `${server}__${textField(payload, "name")}`;
  const call = (tool: string, input: string, args: JsonRecord): SessionCall => ({
    callId,
    tool: short(tool, 256),
    input: short(input),
    keys: callKeys(tool, input, args),
    raw,
    end: null,
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
