import type { FailureRow } from "../row.ts";
import { ALL_LANES, closes, wrapped } from "./make-way.ts";

/** Backend fails before it begins. */
export const f59StartupFailure: FailureRow = {
  id: "F59",
  title: "Backend fails before it begins",
  cause:
    "A flag is refused or a configuration cannot be read: the reason stands on stderr alone, and stdout is empty. It must not be taken for a run that did nothing wrong.",
  requirements: ["R36"],
  ways: [wrapped(ALL_LANES, "echo 'unknown option' >&2; exit 2", closes("STARTUP_FAILURE"))],
  undrivable: [],
};
