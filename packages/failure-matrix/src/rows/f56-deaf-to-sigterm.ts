import type { FailureRow } from "../row.ts";
import { ALL_LANES, DONE, FIX, closes, wrapped } from "./make-way.ts";

/** Backend does not mind SIGTERM. */
export const f56DeafToSigterm: FailureRow = {
  id: "F56",
  title: "Backend does not mind SIGTERM",
  cause:
    "At its limit the backend is asked to end and goes on. It is killed after the grace, and nothing of its tree is left.",
  requirements: ["R36"],
  ways: [
    wrapped(
      ALL_LANES,
      "trap '' TERM INT HUP; while :; do sleep 1; done",
      closes("TIMEOUT_IDLE"),
      [FIX, DONE],
      { profile: "silent" },
    ),
  ],
  undrivable: [],
};
