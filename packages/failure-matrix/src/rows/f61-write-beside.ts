import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, scripted, shell, wrapped } from "./make-way.ts";

/** File is written beside the workspace. */
export const f61WriteBeside: FailureRow = {
  id: "F61",
  title: "File is written beside the workspace",
  cause:
    "A file is written next to the workspace, where no comparison of the tree looks. The surroundings of the trial are a protected tree of their own.",
  requirements: ["R15", "R35"],
  ways: [
    scripted(["pi"], [FIX, shell("echo x > ../escaped.txt"), DONE], closes("BOUNDARY_VIOLATION")),
    faked([FIX, shell("echo x > ../escaped.txt"), DONE], closes("BOUNDARY_VIOLATION")),
    wrapped(["case", "codex"], 'echo x > ../escaped.txt; exec "$@"', closes("BOUNDARY_VIOLATION")),
  ],
  undrivable: [],
};
