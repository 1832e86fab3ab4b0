import type { FailureRow } from "../row.ts";
import { closes, played } from "./make-way.ts";

/** Success is claimed and nothing was done. */
export const f14ForgedSuccess: FailureRow = {
  id: "F14",
  title: "Success is claimed and nothing was done",
  cause:
    "The agent says that the task is done and all tests pass, and changed nothing. All backends exit 0 on this; the oracle of the harness decides, never the claim.",
  requirements: ["R47"],
  ways: [...played([{ do: "say", text: "Done: all tests pass." }], closes("CLAIM_CONTRADICTED"))],
  undrivable: [],
};
