import type { AgentOutcome } from "@stage6/evidence-interface";
import type { DraftRaw, EventDraft } from "@stage6/lane-contract";
import { quote, quoteText } from "./claimed-text.ts";
import type { FakeFields, FakeKind } from "./fake-record.ts";

const MAX_NAME = 256;
const MAX_REVIEWER = 64;

/** A record as one event draft; `tool-start`, `tool-end` and `bye` presuppose that the state allows them. */
type DraftOf = {
  readonly [K in Exclude<FakeKind, "bye">]: (fields: FakeFields<K>, raw: DraftRaw) => EventDraft;
};

/** One event draft from the fields of one record, by kind; `bye` waits for the end of the streams. */
export const draftOf: DraftOf = {
  hello: ({ session, version }, raw) => ({
    type: "session.started",
    raw,
    data: { sessionId: quoteText(session), version: quoteText(version) },
  }),
  message: ({ as, text }, raw) => ({ type: "agent.messaged", raw, data: { kind: as, ...quote(text) } }),
  "tool-start": ({ id, tool, input }, raw) => ({
    type: "tool.started",
    raw,
    data: { callId: quoteCallId(id), tool: quoteText(tool, MAX_NAME), input: quoteText(input) },
  }),
  "tool-end": ({ id, status, exitCode }, raw) => ({
    type: "tool.ended",
    raw,
    data: { callId: quoteCallId(id), status, exitCode, reported: true },
  }),
  change: ({ path, change }, raw) => ({
    type: "change.claimed",
    raw,
    data: { path: quoteText(path), kind: change },
  }),
  refused: ({ tool, message }, raw) => ({
    type: "action.refused",
    raw,
    data: { tool: quoteText(tool, MAX_NAME), message: quoteText(message) },
  }),
  review: ({ by, verdict, critical }, raw) => ({
    type: "review.claimed",
    raw,
    data: { by: quoteText(by, MAX_REVIEWER), verdict, critical },
  }),
  usage: ({ inputTokens, cachedInputTokens, outputTokens }, raw) => ({
    type: "usage.claimed",
    raw,
    data: { usage: { inputTokens, cachedInputTokens, outputTokens } },
  }),
};

/** A call id as the events carry it. */
export function quoteCallId(id: string): string {
  return quoteText(id, MAX_NAME);
}

/** A line that is no record. */
export function unread(raw: DraftRaw, reason: string): EventDraft {
  return { type: "line.unread", raw, data: { reason } };
}

/** A record of a kind this adapter does not know. */
export function unrecognized(raw: DraftRaw, kind: string): EventDraft {
  return { type: "record.unrecognized", raw, data: { kind: quoteText(kind) } };
}

/** A record that no known version prints. */
export function drift(raw: DraftRaw, kind: string, reason: string): EventDraft {
  return { type: "drift.detected", raw, data: { kind: quoteText(kind), reason: quoteText(reason) } };
}

/** A tool call that the backend never ended; points to its start. */
export function unclosed(raw: DraftRaw, callId: string): EventDraft {
  return { type: "tool.ended", raw, data: { callId, status: "unclosed", exitCode: null, reported: false } };
}

/** The backend's own word on its end. */
export function agentEnded(raw: DraftRaw, outcome: AgentOutcome, message: string | null): EventDraft {
  return {
    type: "agent.ended",
    raw,
    data: { outcome, message: message === null ? null : quoteText(message) },
  };
}
