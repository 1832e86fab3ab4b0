import type { FailureRow } from "../row.ts";
import { ALL_LANES, DONE, FIX, closes, faked, shell, wrapped } from "./make-way.ts";

/** Backend is killed with SIGKILL. */
export const f02Killed: FailureRow = {
  id: "F02",
  title: "Backend is killed with SIGKILL",
  cause:
    "Something outside kills the backend with SIGKILL in the middle of a run: the out-of-memory killer, an operator, another job. Nothing in the backend can react; the harness has to see it from the process.",
  requirements: ["R36"],
  ways: [
    wrapped(
      ALL_LANES,
      'exec 3<&0; "$@" <&3 & p=$!; until grep -q new src/value.txt; do kill -0 $p || { wait $p; exit; }; sleep 0.05; done; kill -KILL $p; kill -KILL $$',
      closes("LANE_KILLED"),
      [FIX, shell("sleep 20"), DONE],
    ),
    faked([FIX, { do: "fake-signal", signal: "SIGKILL" }], closes("LANE_KILLED")),
  ],
  undrivable: [],
};
