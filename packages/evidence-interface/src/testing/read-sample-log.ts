import type { Event } from "../event.ts";
import { EventLogChecker } from "../event-log-checker.ts";

/** Events of a log as far as they fit their schemas, whatever rules of order they break. */
export function readSampleLog(log: Uint8Array): Event[] {
  const events: Event[] = [];
  const checker = new EventLogChecker("events.jsonl", (event) => events.push(event));
  checker.push(Buffer.from(log));
  checker.end();
  return events;
}
