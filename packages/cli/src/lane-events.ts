import { join } from "node:path";
import { EVENT_SOURCE, EventLogChecker, type BoundsTier, type Event } from "@stage6/evidence-interface";
import { readChunks } from "@stage6/evidence-interface/fs";
import type { ProcessEnd } from "@stage6/lane-contract";

/** What a log holds of a lane's stream: its lane events as keys, and how the backend's process ended. */
export interface LaneEvents {
  /** `type artifact offset length` of every event with source `lane`, in log order. */
  readonly keys: readonly string[];
  readonly started: boolean;
  readonly end: ProcessEnd | null;
  readonly adapterVersion: string | null;
  readonly outerBounds: BoundsTier;
}

/** The key of a lane event: what it says happened, and the bytes it was read from. */
export function eventKey(
  type: string,
  raw: { readonly artifact: string; readonly offset: number; readonly length: number },
): string {
  return `${type} ${raw.artifact} ${raw.offset} ${raw.length}`;
}

/** Reads the lane events of a bundle's log. The log itself is checked elsewhere. */
export async function readLaneEvents(folder: string): Promise<LaneEvents> {
  const keys: string[] = [];
  let started = false;
  let end: ProcessEnd | null = null;
  let adapterVersion: string | null = null;
  let outerBounds: BoundsTier = "default";
  const onEvent = (event: Event): void => {
    if (EVENT_SOURCE[event.type] === "lane" && "raw" in event.data)
      keys.push(eventKey(event.type, event.data.raw));
    else if (event.type === "run.started") ({ adapterVersion, boundsTier: outerBounds } = event.data);
    else if (event.type === "process.started") started = true;
    else if (event.type === "process.ended")
      end = { exitCode: event.data.exitCode, signal: event.data.signal, endedBy: event.data.endedBy };
  };
  const checker = new EventLogChecker("events.jsonl", onEvent);
  await readChunks(join(folder, "events.jsonl"), (chunk) => checker.push(chunk));
  checker.end();
  return { keys, started, end, adapterVersion, outerBounds };
}
