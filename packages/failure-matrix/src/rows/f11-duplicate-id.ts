import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, print, spoiled } from "./make-way.ts";

const START = '{"v":1,"kind":"tool-start","id":"again","tool":"shell","input":"true"}';

/** Event or call id twice. */
export const f11DuplicateId: FailureRow = {
  id: "F11",
  title: "Event or call id twice",
  cause:
    "The same line stands twice, or a backend uses the id of a call again. Two calls can then no longer be told apart, and one may hide the other.",
  requirements: ["R34"],
  ways: [
    faked([FIX, print(`${START}\n${START}\n`), DONE], closes("LANE_DRIFT")),
    spoiled(["EVENTS_INVALID"], { op: "repeat-line", file: "events.jsonl", mark: '"type":"tool.started"' }),
  ],
  undrivable: [],
};
