import type { FailureRow } from "../row.ts";
import { FAKE_ASKS_NO_MODEL, MODEL_LANES, closes, scripted } from "./make-way.ts";

/** Model endpoint limits the rate. */
export const f39RateLimit: FailureRow = {
  id: "F39",
  title: "Model endpoint limits the rate",
  cause:
    "The endpoint answers 429 with a wait that is longer than the limits allow. It must not be taken for a failure of the lane at its task.",
  requirements: ["R36"],
  ways: [
    scripted(MODEL_LANES, [{ do: "fault-status", status: 429, retryAfterSeconds: 30 }], closes("RATE_LIMIT")),
  ],
  undrivable: [FAKE_ASKS_NO_MODEL],
};
