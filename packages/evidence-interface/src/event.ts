import Type, { type Static, type TObject } from "typebox";
import { CLAIMED_DATA } from "./claimed-events.ts";
import type { EventSource } from "./event-parts.ts";
import { OBSERVED_DATA } from "./observed-events.ts";
import { Count, Timestamp } from "./primitives.ts";

/** `data` of every event type, version 1. Types are past-tense facts; the key is the event's `type`. */
export const EVENT_DATA = { ...OBSERVED_DATA, ...CLAIMED_DATA } as const;

/** Name of an event type. */
export type EventType = keyof typeof EVENT_DATA;

/** All event types, in the order of the published schema. */
export const EVENT_TYPES = Object.keys(EVENT_DATA) as readonly EventType[];

/** The one source that may emit each event type. */
export const EVENT_SOURCE: Readonly<Record<EventType, EventSource>> = {
  "run.started": "harness",
  "backend.probed": "harness",
  "workspace.prepared": "harness",
  "snapshot.taken": "fs",
  "process.started": "harness",
  "process.ended": "harness",
  "limit.reached": "harness",
  "action.attempted": "harness",
  "oracle.ended": "harness",
  "model.requested": "provider",
  "model.answered": "provider",
  checkpoint: "harness",
  "run.ended": "harness",
  "session.started": "lane",
  "agent.messaged": "lane",
  "tool.started": "lane",
  "tool.ended": "lane",
  "change.claimed": "lane",
  "action.refused": "lane",
  "usage.claimed": "lane",
  "agent.ended": "lane",
  "phase.started": "lane",
  "phase.ended": "lane",
  "revision.requested": "lane",
  "review.claimed": "lane",
  "line.unread": "lane",
  "record.unrecognized": "lane",
  "drift.detected": "lane",
};

/** `data` of one event type. */
export type EventData<T extends EventType> = Static<(typeof EVENT_DATA)[T]>;

/** One line of events.jsonl: `seq` from 0 without gaps, `ts` wall clock, `mono` microseconds since the run began. */
export type Event = {
  [T in EventType]: { seq: number; ts: string; mono: number; src: EventSource; type: T; data: EventData<T> };
}[EventType];

const envelope = (type: EventType, data: TObject): TObject =>
  Type.Object(
    {
      seq: Count,
      ts: Timestamp,
      mono: Count,
      src: Type.Literal(EVENT_SOURCE[type]),
      type: Type.Literal(type),
      data,
    },
    { additionalProperties: false },
  );

/** Schema of a whole event line, by type: dispatch on `type` first, then check that one schema. */
export const EVENT_SCHEMAS: Readonly<Record<EventType, TObject>> = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, envelope(type, EVENT_DATA[type])]),
) as Record<EventType, TObject>;

/** Schema of any event line (a union; for publication and for tools, not for the hot path). */
export const EventSchema = Type.Union(
  EVENT_TYPES.map((type) => EVENT_SCHEMAS[type]),
  { description: "One line of events.jsonl." },
);
