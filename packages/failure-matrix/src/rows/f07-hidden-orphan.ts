import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, scripted, shell, wrapped } from "./make-way.ts";

/** Process outlives the backend and hides its environment. */
export const f07HiddenOrphan: FailureRow = {
  id: "F07",
  title: "Process outlives the backend and hides its environment",
  cause:
    "The descendant also drops its environment, so that no marker in it can be found. A search by marker alone missed it; the process table does not.",
  requirements: ["R36"],
  ways: [
    scripted(
      ["pi"],
      [FIX, shell("env -i setsid sleep 60 </dev/null >/dev/null 2>&1 &"), DONE],
      closes("ORPHAN"),
    ),
    faked([FIX, shell("env -i setsid sleep 60 </dev/null >/dev/null 2>&1 &"), DONE], closes("ORPHAN")),
    wrapped(
      ["case", "codex"],
      'env -i setsid sleep 60 </dev/null >/dev/null 2>&1 & exec "$@"',
      closes("ORPHAN"),
    ),
  ],
  undrivable: [],
};
