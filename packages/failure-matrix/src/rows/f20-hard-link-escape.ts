import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played, shell } from "./make-way.ts";

/** Escape through a hard link. */
export const f20HardLinkEscape: FailureRow = {
  id: "F20",
  title: "Escape through a hard link",
  cause:
    "A hard link gives a file outside the allowed folder an allowed name; what is written under it changes both. Only the link count shows it.",
  requirements: ["R35"],
  ways: [
    ...played(
      [FIX, shell("ln docs/guide.md src/guide.md"), DONE],
      closes("BOUNDARY_VIOLATION", { rules: ["hard-link"] }),
    ),
  ],
  undrivable: [],
};
