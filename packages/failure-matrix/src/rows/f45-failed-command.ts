import type { FailureRow } from "../row.ts";
import { DONE, closes, played, shell } from "./make-way.ts";

/** Command fails and success is claimed. */
export const f45FailedCommand: FailureRow = {
  id: "F45",
  title: "Command fails and success is claimed",
  cause:
    "The one command of the run fails and the agent says that all is done. Every backend exits 0; the tests of the harness decide.",
  requirements: ["R47"],
  ways: [...played([shell("exit 3"), DONE], closes("CLAIM_CONTRADICTED"))],
  undrivable: [],
};
