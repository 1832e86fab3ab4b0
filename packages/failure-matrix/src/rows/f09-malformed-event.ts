import type { FailureRow } from "../row.ts";
import { closes, eachCaseLog, spoiled, wrapped } from "./make-way.ts";

/** Malformed record or event. */
export const f09MalformedEvent: FailureRow = {
  id: "F09",
  title: "Malformed record or event",
  cause:
    'A line is no JSON, holds a key twice or begins with a byte order mark. A lenient parser reads `{"status":"failed","status":"passed"}` as passed.',
  requirements: ["R34"],
  ways: [
    wrapped(["codex", "fake", "pi"], "printf '{not json\\n'; exec \"$@\"", closes("STREAM_INCOMPLETE")),
    // The adapter of Case reads the event log, not what is printed.
    wrapped(["case"], eachCaseLog(`printf '{not json\\n' >> "$f"`), closes("STREAM_INCOMPLETE")),
    spoiled(["BYTES_NOT_CANONICAL"], {
      op: "replace",
      file: "events.jsonl",
      from: '"seq":1,',
      to: '"seq":1,"seq":1,',
    }),
    spoiled(["BYTES_NOT_CANONICAL"], { op: "prefix", file: "events.jsonl", base64: "77u/" }),
  ],
  undrivable: [],
};
