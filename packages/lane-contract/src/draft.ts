import type { DraftRaw, EventDraft, LaneEventType } from "./lane.ts";
import type { StreamLine } from "./read-lines.ts";
import { short } from "./short-text.ts";

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
