import type { FailureRow } from "../row.ts";
import { FAKE_ASKS_NO_MODEL, FIX, MODEL_LANES, closes, scripted } from "./make-way.ts";

/** Model endpoint fails. */
export const f38ModelError: FailureRow = {
  id: "F38",
  title: "Model endpoint fails",
  cause:
    "The endpoint answers 500, cuts the stream, or sends bytes that are no stream. Pi exits 0 on every one of these; the gateway saw what happened.",
  requirements: ["R36"],
  ways: [
    scripted(MODEL_LANES, [{ do: "fault-status", status: 500 }], closes("MODEL_ERROR")),
    scripted(MODEL_LANES, [FIX, { do: "fault-cut", afterBytes: 200 }], closes("MODEL_ERROR")),
    scripted(MODEL_LANES, [{ do: "fault-malformed" }], closes("MODEL_ERROR")),
  ],
  undrivable: [FAKE_ASKS_NO_MODEL],
};
