import { isCanonicalLine } from "./canonical-line.ts";
import { EVENT_TYPES, type EventType } from "./event.ts";
import { parseStrictText, type StrictJson } from "./strict-json.ts";

/** A line of the log as strict JSON with its event type, or why it is no canonical JSON. */
export type StrictEvent =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** `type` as written; null when there is none. */
      readonly name: string | null;
      /** The event type it names; null for a type that this version does not know. */
      readonly type: EventType | null;
    }
  | Extract<StrictJson, { ok: false }>;

const TYPES: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((type) => [type, type]));

/**
 * {@link parseStrictText} for a line of the log, with the same verdict on every text: a line as the writer makes it is
 * matched against its type's pattern, which costs a fifth of writing it again; any other takes the round trip.
 */
export function parseStrictEvent(text: string): StrictEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, rule: "not-json", found: text.slice(0, 80) };
  }
  const name = nameOf(value);
  const type = name === null ? null : (TYPES.get(name) ?? null);
  if (type === null || !isCanonicalLine(type, text)) {
    const slow = parseStrictText(text);
    if (!slow.ok) return slow;
  }
  return { ok: true, value, name, type };
}

function nameOf(value: unknown): string | null {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
    ? value.type
    : null;
}
