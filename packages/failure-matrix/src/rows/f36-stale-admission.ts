import type { FailureRow } from "../row.ts";
import { ALL_LANES } from "./make-way.ts";

/** Source admission is stale. */
export const f36StaleAdmission: FailureRow = {
  id: "F36",
  title: "Source admission is stale",
  cause:
    "The reviewed pin of the Case source is older than it may be when the gate judges. What was reviewed then says nothing of what runs now.",
  requirements: ["R38"],
  ways: [
    {
      layer: "G",
      lanes: [...ALL_LANES],
      injector: { kind: "gate-input", input: "admission", changes: ["older-than-max-age"] },
      expected: { kind: "codes", codes: ["SOURCE_STALE"] },
    },
  ],
  undrivable: [],
};
