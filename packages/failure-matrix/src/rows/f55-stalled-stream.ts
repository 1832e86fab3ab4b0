import type { FailureRow } from "../row.ts";
import { FIX, MODEL_LANES, closes, faked, scripted } from "./make-way.ts";

/** Answer stream stalls. */
export const f55StalledStream: FailureRow = {
  id: "F55",
  title: "Answer stream stalls",
  cause:
    "The answer begins and then stays open without another byte. The provider timeout of Pi does not fire in the middle of a stream; the idle limit of the harness does.",
  requirements: ["R36"],
  ways: [
    scripted(MODEL_LANES, [FIX, { do: "fault-stall", afterBytes: 200 }], closes("TIMEOUT_IDLE"), {
      profile: "silent",
    }),
    faked([FIX, { do: "fault-stall", afterBytes: 200 }], closes("TIMEOUT_IDLE"), { profile: "silent" }),
  ],
  undrivable: [],
};
