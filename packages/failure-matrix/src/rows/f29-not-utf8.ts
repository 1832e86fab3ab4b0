import type { FailureRow } from "../row.ts";
import { ALL_LANES, DONE, FIX, closes, played, shell, wrapped } from "./make-way.ts";

/** Output that is not UTF-8. */
export const f29NotUtf8: FailureRow = {
  id: "F29",
  title: "Output that is not UTF-8",
  cause:
    "The output holds bytes ff fe, which are no UTF-8. The raw bytes are kept, events escape them, nothing is replaced, and the trial is judged by what it did.",
  requirements: ["R34"],
  ways: [
    wrapped(ALL_LANES, "printf '\\377\\376 odd\\n' >&2; exec \"$@\"", closes("NONE")),
    ...played([FIX, shell("printf '\\377\\376'"), DONE], closes("NONE")),
  ],
  undrivable: [],
};
