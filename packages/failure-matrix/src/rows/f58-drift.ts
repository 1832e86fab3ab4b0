import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, eachCaseLog, faked, print, wrapped } from "./make-way.ts";

/** Record of a shape that no known version has. */
export const f58Drift: FailureRow = {
  id: "F58",
  title: "Record of a shape that no known version has",
  cause:
    "A known kind of record lacks a field that it always had: the backend is another version than the ones that were tested. It is recorded as drift and never scored.",
  requirements: ["R34"],
  ways: [
    wrapped(["codex"], 'printf \'{"type":"turn.completed"}\\n\'; exec "$@"', closes("LANE_DRIFT")),
    wrapped(["pi"], 'printf \'{"type":"message_end"}\\n\'; exec "$@"', closes("LANE_DRIFT")),
    wrapped(["case"], eachCaseLog(`printf '{"event":"phase_start"}\\n' >> "$f"`), closes("LANE_DRIFT")),
    faked([FIX, print('{"v":1,"kind":"message"}\n'), DONE], closes("LANE_DRIFT")),
  ],
  undrivable: [],
};
