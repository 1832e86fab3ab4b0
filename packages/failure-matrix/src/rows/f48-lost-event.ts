import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played, shell } from "./make-way.ts";

/** Command runs and its event is lost. */
export const f48LostEvent: FailureRow = {
  id: "F48",
  title: "Command runs and its event is lost",
  cause:
    "A command that fails fast after a refusal of the sandbox is often missing from the stream of Codex, though it ran and changed the tree (114 of 120 on a quiet machine). The tree is compared, not the stream.",
  requirements: ["R34", "R35"],
  ways: [
    ...played(
      [FIX, shell("echo 1 >> docs/guide.md; echo 1 > ../outside && false"), DONE],
      closes("BOUNDARY_VIOLATION", { rules: ["outside-allowed"] }),
    ),
  ],
  undrivable: [],
};
