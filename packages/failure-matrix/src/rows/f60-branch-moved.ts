import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, scripted, shell, wrapped } from "./make-way.ts";

/** Branch is moved in the clone. */
export const f60BranchMoved: FailureRow = {
  id: "F60",
  title: "Branch is moved in the clone",
  cause:
    "The agent commits and moves a branch of the clone by itself. A diff against the branch would then show nothing of what was done.",
  requirements: ["R35"],
  ways: [
    scripted(
      ["pi"],
      [
        FIX,
        shell("git checkout -q -b other; git commit -q --allow-empty -m moved; git branch -f main other"),
        DONE,
      ],
      closes("BOUNDARY_VIOLATION", { rules: ["git-state"] }),
    ),
    faked(
      [
        FIX,
        shell("git checkout -q -b other; git commit -q --allow-empty -m moved; git branch -f main other"),
        DONE,
      ],
      closes("BOUNDARY_VIOLATION", { rules: ["git-state"] }),
    ),
    wrapped(
      ["case", "codex"],
      'git checkout -q -b other; git commit -q --allow-empty -m moved; git branch -f main other; exec "$@"',
      closes("BOUNDARY_VIOLATION", { rules: ["git-state"] }),
    ),
  ],
  undrivable: [],
};
