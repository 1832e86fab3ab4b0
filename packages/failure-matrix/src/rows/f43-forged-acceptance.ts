import type { FailureRow } from "../row.ts";
import { ALL_LANES } from "./make-way.ts";

/** Acceptance is forged, early, replayed or of another proof. */
export const f43ForgedAcceptance: FailureRow = {
  id: "F43",
  title: "Acceptance is forged, early, replayed or of another proof",
  cause:
    "The operator's acceptance carries a bad signature, names another proof or challenge, comes before the proof or from the future, is used twice, or is signed by a lane or a key that is unknown, revoked or out of its window.",
  requirements: ["R40"],
  ways: [
    {
      layer: "G",
      lanes: [...ALL_LANES],
      injector: {
        kind: "gate-input",
        input: "acceptance",
        changes: [
          "absent",
          "signature",
          "other-proof",
          "challenge",
          "before-proof",
          "future",
          "replayed",
          "rejected",
          "unknown-operator",
          "operator-is-lane",
          "revoked-operator",
          "key-window",
        ],
      },
      expected: {
        kind: "codes",
        codes: [
          "ACCEPTANCE_BEFORE_PROOF",
          "ACCEPTANCE_CHALLENGE",
          "ACCEPTANCE_FUTURE",
          "ACCEPTANCE_MISSING",
          "ACCEPTANCE_OTHER_PROOF",
          "ACCEPTANCE_REJECTED",
          "ACCEPTANCE_REPLAY",
          "ACCEPTANCE_SIGNATURE",
          "OPERATOR_IS_LANE",
          "OPERATOR_KEY_WINDOW",
          "OPERATOR_REVOKED",
          "OPERATOR_UNKNOWN",
        ],
      },
    },
  ],
  undrivable: [],
};
