import type { FailureRow } from "../row.ts";
import { MODEL_LANES, DONE, FIX, closes, played, shell, wrapped } from "./make-way.ts";

const ODD = "printf '\\377\\376 odd\\n' >&2; exec \"$@\"";

/** Output that is not UTF-8. */
export const f29NotUtf8: FailureRow = {
  id: "F29",
  title: "Output that is not UTF-8",
  cause:
    "The output holds bytes ff fe, which are no UTF-8. The raw bytes are kept and nothing is replaced. Inside a record they are escaped and the trial is a whole one. A line of them alone cannot be read, and where the adapter reads that stream nobody knows what it said: the stream is not whole. The fake lane's adapter reads no stderr, so there it is kept and says nothing.",
  requirements: ["R34"],
  ways: [
    wrapped(MODEL_LANES, ODD, closes("STREAM_INCOMPLETE")),
    wrapped(["fake"], ODD, closes("NONE")),
    ...played([FIX, shell("printf '\\377\\376'"), DONE], closes("NONE")),
  ],
  undrivable: [],
};
