import type { FailureRow } from "../row.ts";
import { ALL_LANES, DONE, FIX, closes, faked, shell, wrapped } from "./make-way.ts";

/** Backend crashes in the middle of a run. */
export const f01Crash: FailureRow = {
  id: "F01",
  title: "Backend crashes in the middle of a run",
  cause:
    "The backend dies by SIGABRT, or with the code of one, after it changed a file. What it did until then is evidence, and no claim it made before may count as a completed trial.",
  requirements: ["R36"],
  ways: [
    wrapped(
      ALL_LANES,
      'exec 3<&0; "$@" <&3 & p=$!; until grep -q new src/value.txt; do kill -0 $p || { wait $p; exit; }; sleep 0.05; done; kill -ABRT $p; wait $p; exit $?',
      closes("LANE_CRASH"),
      [FIX, shell("sleep 20"), DONE],
    ),
    faked([FIX, { do: "fake-exit", code: 134 }], closes("LANE_CRASH")),
  ],
  undrivable: [],
};
