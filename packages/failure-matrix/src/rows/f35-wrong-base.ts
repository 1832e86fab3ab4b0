import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played } from "./make-way.ts";

/** Target does not stand at its base commit. */
export const f35WrongBase: FailureRow = {
  id: "F35",
  title: "Target does not stand at its base commit",
  cause:
    "The repository in the fixture is not the tree that the fixture names. The trial is refused before the backend is started.",
  requirements: ["R15"],
  ways: [...played([FIX, DONE], closes("TARGET_REFUSED"), { base: "moved" })],
  undrivable: [],
};
