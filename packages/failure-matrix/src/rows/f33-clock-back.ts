import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Clock goes backwards. */
export const f33ClockBack: FailureRow = {
  id: "F33",
  title: "Clock goes backwards",
  cause:
    "The monotonic clock of an event lies before the one of the event before it. Durations and limits read from such a log mean nothing.",
  requirements: ["R34"],
  ways: [
    spoiled(["EVENTS_INVALID"], {
      op: "zero",
      file: "events.jsonl",
      mark: '"type":"process.ended"',
      key: "mono",
    }),
  ],
  undrivable: [],
};
