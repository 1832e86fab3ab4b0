import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, wrapped } from "./make-way.ts";

/** Call is never closed and the exit code is 0. */
export const f49UnclosedItem: FailureRow = {
  id: "F49",
  title: "Call is never closed and the exit code is 0",
  cause:
    "The end of a call is missing from the stream although the backend ended with exit code 0 and a completed turn. What the call did is not known from the stream.",
  requirements: ["R34"],
  ways: [
    wrapped(
      ["codex", "pi"],
      '"$@" | grep -v -e \'"item.completed".*command_execution\' -e \'"tool_execution_end"\'',
      closes("STREAM_INCOMPLETE"),
    ),
    faked([FIX, { do: "fake-open-tool" }, DONE], closes("STREAM_INCOMPLETE")),
  ],
  undrivable: [],
};
