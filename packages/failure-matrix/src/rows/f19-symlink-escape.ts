import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played, shell } from "./make-way.ts";

/** Escape through a symbolic link. */
export const f19SymlinkEscape: FailureRow = {
  id: "F19",
  title: "Escape through a symbolic link",
  cause:
    "A link inside the allowed folder leads outside, and something is written through it. By its name the write is allowed; the link itself is the violation, whether the write went through or not.",
  requirements: ["R35"],
  ways: [
    ...played(
      [FIX, shell("ln -s ../.. src/away; echo x > src/away/escaped.txt; true"), DONE],
      closes("BOUNDARY_VIOLATION", { rules: ["link-escape"] }),
    ),
  ],
  undrivable: [],
};
