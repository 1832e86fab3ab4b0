import type { FailureRow } from "../row.ts";
import { FIX, closes, faked, print, spoiled } from "./make-way.ts";

/** Log breaks off. */
export const f08TruncatedLog: FailureRow = {
  id: "F08",
  title: "Log breaks off",
  cause:
    "The stream of a backend ends within a record, or the event log of a bundle lost its end. A reader that takes lines as they come would call the rest complete.",
  requirements: ["R34"],
  ways: [
    faked([FIX, print('{"v":1,"kind":"mess'), { do: "fake-exit", code: 0 }], closes("STREAM_INCOMPLETE")),
    spoiled(["EVENTS_INVALID"], { op: "cut", file: "events.jsonl", bytes: 40 }),
  ],
  undrivable: [],
};
