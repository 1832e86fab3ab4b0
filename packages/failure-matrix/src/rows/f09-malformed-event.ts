import type { FailureRow } from "../row.ts";
import { ALL_LANES, closes, spoiled, wrapped } from "./make-way.ts";

/** Malformed record or event. */
export const f09MalformedEvent: FailureRow = {
  id: "F09",
  title: "Malformed record or event",
  cause:
    'A line is no JSON, holds a key twice or begins with a byte order mark. A lenient parser reads `{"status":"failed","status":"passed"}` as passed.',
  requirements: ["R34"],
  ways: [
    wrapped(ALL_LANES, "printf '{not json\\n'; exec \"$@\"", closes("STREAM_INCOMPLETE")),
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
