import type { FailureRow } from "../row.ts";
import { ALL_LANES, DONE, FIX, closes, faked, shell, wrapped } from "./make-way.ts";

/** Secret in the output. */
export const f28SecretInLog: FailureRow = {
  id: "F28",
  title: "Secret in the output",
  cause:
    "A canary secret in the environment of the backend shows up in what it prints. It is scrubbed from every artifact before sealing, and the trial is closed as a leak.",
  requirements: ["R26"],
  ways: [
    wrapped(ALL_LANES, 'env >&2; exec "$@"', closes("SECRET_LEAK")),
    faked([FIX, shell("env"), DONE], closes("SECRET_LEAK")),
  ],
  undrivable: [],
};
