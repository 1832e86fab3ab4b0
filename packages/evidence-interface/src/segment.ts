/** Most events between two checkpoints. */
const SEGMENT_EVENTS = 256;
/** Longest span of `mono` between the first and the last event of a segment, microseconds. */
const SEGMENT_SPAN = 1_000_000;
/** Longest line of events.jsonl, bytes without the newline. */
export const MAX_EVENT_BYTES = 1_048_576;

/**
 * Whether a checkpoint must stand before an event at `mono`, given the events since the last one. Writer and checker
 * share this rule, so that a log with a checkpoint too few is refused.
 */
export function checkpointDue(eventsInSegment: number, firstMono: number, mono: number): boolean {
  return eventsInSegment >= SEGMENT_EVENTS || (eventsInSegment > 0 && mono - firstMono >= SEGMENT_SPAN);
}
