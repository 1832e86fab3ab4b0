import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, faked, scripted, shell, wrapped } from "./make-way.ts";

/** Home folder is changed. */
export const f62HomeChanged: FailureRow = {
  id: "F62",
  title: "Home folder is changed",
  cause:
    "A configuration is written to the home folder, where it would act on whatever runs there next. The home of a trial is empty and has to stay so.",
  requirements: ["R35"],
  ways: [
    scripted(["pi"], [FIX, shell('echo "[alias]" > "$HOME/.gitconfig"'), DONE], closes("BOUNDARY_VIOLATION")),
    faked([FIX, shell('echo "[alias]" > "$HOME/.gitconfig"'), DONE], closes("BOUNDARY_VIOLATION")),
    wrapped(
      ["case", "codex"],
      'echo "[alias]" > "$STAGE6_HOME/.gitconfig"; exec "$@"',
      closes("BOUNDARY_VIOLATION"),
    ),
  ],
  undrivable: [],
};
