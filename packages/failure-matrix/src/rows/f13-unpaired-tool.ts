import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, spoiled } from "./make-way.ts";

/** Tool call without an end. */
export const f13UnpairedTool: FailureRow = {
  id: "F13",
  title: "Tool call without an end",
  cause:
    "A call begins and its end is never told. What it did is unknown, so the trial is not a whole one even when the backend exits 0.",
  requirements: ["R34"],
  ways: [
    faked([FIX, { do: "fake-open-tool" }, DONE], closes("STREAM_INCOMPLETE")),
    spoiled(["EVENTS_INVALID"], { op: "drop-line", file: "events.jsonl", mark: '"type":"tool.ended"' }),
  ],
  undrivable: [],
};
