import type { FailureRow } from "../row.ts";
import { ALL_LANES } from "./make-way.ts";

/** Backend is not the one that was pinned. */
export const f37ChangedBackend: FailureRow = {
  id: "F37",
  title: "Backend is not the one that was pinned",
  cause:
    "The program of the backend was changed after the plan fixed its digest. The run is refused before any trial, for its evidence would be of something nobody chose.",
  requirements: ["R38"],
  ways: [
    {
      layer: "W",
      lanes: [...ALL_LANES],
      injector: { kind: "runner-drill", drill: "backend-changed" },
      expected: { kind: "codes", codes: ["NO_BUNDLE", "PLAN_MISMATCH"] },
    },
  ],
  undrivable: [],
};
