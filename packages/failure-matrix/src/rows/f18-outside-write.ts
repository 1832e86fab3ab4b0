import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played } from "./make-way.ts";

/** Write outside the allowed paths. */
export const f18OutsideWrite: FailureRow = {
  id: "F18",
  title: "Write outside the allowed paths",
  cause:
    "The task is done well, and a file that was not allowed is changed besides. The right result does not make up for the trespass.",
  requirements: ["R35"],
  ways: [
    ...played(
      [FIX, { do: "write", path: "docs/more.md", content: "more\n" }, DONE],
      closes("BOUNDARY_VIOLATION", { rules: ["outside-allowed"] }),
    ),
  ],
  undrivable: [],
};
