import type { DraftRaw, EventDraft, LaneEventType } from "./lane.ts";
import type { StreamLine } from "./read-lines.ts";
import { short, shorten } from "./short-text.ts";

/** Data of a draft of one type. */
export type DraftData<T extends LaneEventType> = Extract<EventDraft, { readonly type: T }>["data"];

/** Where a line lies in its stream. */
export function rawOf(stream: string, line: StreamLine): DraftRaw {
  return { stream, offset: line.offset, length: line.length };
}

/** A line that could not be read as a record. */
export function unread(raw: DraftRaw, reason: string): EventDraft {
  return { type: "line.unread", raw, data: { reason: short(reason) } };
}

/** A record of a type this lane does not know. */
export function unrecognized(raw: DraftRaw, kind: string): EventDraft {
  return { type: "record.unrecognized", raw, data: { kind: short(kind) } };
}

/** A record of a known type in a shape that no tested version prints. */
export function drift(raw: DraftRaw, kind: string, reason: string): EventDraft {
  return { type: "drift.detected", raw, data: { kind: short(kind), reason: short(reason) } };
}

/** A message of the agent or of the backend, cut to the length an event may hold. */
export function messaged(raw: DraftRaw, kind: DraftData<"agent.messaged">["kind"], text: string): EventDraft {
  return { type: "agent.messaged", raw, data: { kind, ...shorten(text) } };
}

/** The end of a call that the backend began and never ended. */
export function unclosed(raw: DraftRaw, callId: string): EventDraft {
  const data = { callId, status: "unclosed", exitCode: null, reported: true } as const;
  return { type: "tool.ended", raw, data };
}
