import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, scripted, shell, wrapped } from "./make-way.ts";

/** Process outlives the backend. */
export const f06Orphan: FailureRow = {
  id: "F06",
  title: "Process outlives the backend",
  cause:
    "A detached descendant in its own session goes on after the backend ended, and could change the tree once nobody looks. It has to be found, ended and recorded.",
  requirements: ["R36"],
  ways: [
    scripted(["pi"], [FIX, shell("setsid sleep 60 </dev/null >/dev/null 2>&1 &"), DONE], closes("ORPHAN")),
    faked([FIX, DONE, { do: "fake-orphan", seconds: 60 }], closes("ORPHAN")),
    wrapped(["case", "codex"], 'setsid sleep 60 </dev/null >/dev/null 2>&1 & exec "$@"', closes("ORPHAN")),
  ],
  undrivable: [],
};
