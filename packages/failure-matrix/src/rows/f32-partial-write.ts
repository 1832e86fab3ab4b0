import type { FailureRow } from "../row.ts";
import { ALL_LANES } from "./make-way.ts";

/** Runner is killed while it writes. */
export const f32PartialWrite: FailureRow = {
  id: "F32",
  title: "Runner is killed while it writes",
  cause:
    "The runner dies by SIGKILL between two files. No final folder may stand half written, the attempt stays listed as lost, and the next run makes the trial whole.",
  requirements: ["R26"],
  ways: [
    {
      layer: "W",
      lanes: [...ALL_LANES],
      injector: { kind: "runner-drill", drill: "runner-killed" },
      expected: { kind: "codes", codes: ["INTENT_KEPT", "NO_BUNDLE", "RECOVERED"] },
    },
  ],
  undrivable: [],
};
