import type { FailureRow } from "../row.ts";
import { FIX, MODEL_LANES, closes, faked, scripted } from "./make-way.ts";

/** Backend hangs. */
export const f03Hang: FailureRow = {
  id: "F03",
  title: "Backend hangs",
  cause:
    "The model never answers, or the backend sits still for ever. No backend tested ends such a wait by itself, so the limit of the harness is the only bound, and the closure has to say which limit it was.",
  requirements: ["R36"],
  ways: [
    scripted(MODEL_LANES, [FIX, { do: "fault-hang" }], closes("TIMEOUT_IDLE"), { profile: "silent" }),
    faked([FIX, { do: "fake-hang", ignoreTerm: true }], closes("TIMEOUT_IDLE"), { profile: "silent" }),
  ],
  undrivable: [],
};
