import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, print, spoiled } from "./make-way.ts";

const BYE = '{"v":1,"kind":"bye","outcome":"completed","message":null}';

/** Something follows the end. */
export const f12AfterTheEnd: FailureRow = {
  id: "F12",
  title: "Something follows the end",
  cause:
    "A backend speaks again after its last word, or a line follows the end of the log. What comes after the end was never part of what was judged.",
  requirements: ["R34"],
  ways: [
    faked([FIX, DONE, print(`${BYE}\n`)], closes("LANE_DRIFT")),
    spoiled(["EVENTS_INVALID"], { op: "append-line", file: "events.jsonl", mark: '"type":"tool.ended"' }),
  ],
  undrivable: [],
};
