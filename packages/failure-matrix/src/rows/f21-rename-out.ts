import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played, shell } from "./make-way.ts";

/** File is renamed out of a forbidden folder. */
export const f21RenameOut: FailureRow = {
  id: "F21",
  title: "File is renamed out of a forbidden folder",
  cause:
    "A file of a forbidden folder is moved to an allowed one. The new name is allowed; the disappearance of the old one is the violation.",
  requirements: ["R35"],
  ways: [
    ...played(
      [FIX, shell("mv docs/guide.md src/guide.md"), DONE],
      closes("BOUNDARY_VIOLATION", { rules: ["outside-allowed"] }),
    ),
  ],
  undrivable: [],
};
