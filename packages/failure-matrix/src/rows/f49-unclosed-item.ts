import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, eachCaseLog, faked, wrapped } from "./make-way.ts";

/** Call is never closed and the exit code is 0. */
export const f49UnclosedItem: FailureRow = {
  id: "F49",
  title: "Call is never closed and the exit code is 0",
  cause:
    "The end of a call is missing from the stream although the backend ended with exit code 0 and a completed turn. What the call did is not known from the stream. Where the records of a backend come in a fixed order, one that is missing leaves an order that no known version has, which is the stronger word: drift. The open call has to be seen there too.",
  requirements: ["R34"],
  ways: [
    wrapped(["codex"], '"$@" | grep -v \'"item.completed".*command_execution\'', closes("STREAM_INCOMPLETE")),
    // Pi's records come in a fixed order: one that is missing leaves an order that no known version has.
    wrapped(["pi"], '"$@" | grep -v \'"tool_execution_end"\'', closes("LANE_DRIFT")),
    wrapped(
      ["case"],
      eachCaseLog(`grep -v '"event":"tool_end"' "$f" > "$f.whole"; mv "$f.whole" "$f"`),
      closes("STREAM_INCOMPLETE"),
    ),
    faked([FIX, { do: "fake-open-tool" }, DONE], closes("STREAM_INCOMPLETE")),
  ],
  undrivable: [],
};
