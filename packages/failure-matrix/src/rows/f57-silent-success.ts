import type { FailureRow } from "../row.ts";
import { ALL_LANES, closes, wrapped } from "./make-way.ts";

/** Exit 0 without a word. */
export const f57SilentSuccess: FailureRow = {
  id: "F57",
  title: "Exit 0 without a word",
  cause:
    "The backend ends with exit code 0 and prints no record that its adapter knows. Silence is no success: the format is not the one that the adapter was written for.",
  requirements: ["R34"],
  ways: [wrapped(ALL_LANES, "cat >/dev/null; exit 0", closes("LANE_DRIFT"))],
  undrivable: [],
};
