import type { FailureRow } from "../row.ts";
import { ALL_LANES } from "./make-way.ts";

/** Trial id is used again. */
export const f34ReusedTrial: FailureRow = {
  id: "F34",
  title: "Trial id is used again",
  cause:
    "A trial that is sealed already is run a second time. The first bundle stays as it is, byte for byte; the second one is refused.",
  requirements: ["R23"],
  ways: [
    {
      layer: "W",
      lanes: [...ALL_LANES],
      injector: { kind: "runner-drill", drill: "trial-reused" },
      expected: { kind: "codes", codes: ["FIRST_KEPT", "TARGET_EXISTS"] },
    },
  ],
  undrivable: [],
};
