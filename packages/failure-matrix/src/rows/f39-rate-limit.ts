import type { FailureRow } from "../row.ts";
import { FAKE_ASKS_NO_MODEL, closes, scripted } from "./make-way.ts";

/** Model endpoint limits the rate. */
export const f39RateLimit: FailureRow = {
  id: "F39",
  title: "Model endpoint limits the rate",
  cause:
    "The endpoint answers 429 with a time to wait, and goes on doing so. Whatever the backend makes of it, the gateway saw it, and it must not be taken for a failure of the lane at its task.",
  requirements: ["R36"],
  ways: [
    scripted(
      ["codex", "pi"],
      [{ do: "fault-status", status: 429, retryAfterSeconds: 30 }],
      closes("RATE_LIMIT"),
    ),
    // Case waits as long as it is told, nine times, and then goes on: a long wait would only show the idle limit.
    scripted(["case"], [{ do: "fault-status", status: 429, retryAfterSeconds: 1 }], closes("RATE_LIMIT")),
  ],
  undrivable: [FAKE_ASKS_NO_MODEL],
};
