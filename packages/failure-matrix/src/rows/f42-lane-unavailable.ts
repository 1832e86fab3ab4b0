import type { FailureRow } from "../row.ts";
import { ALL_LANES, DONE, FIX, closes } from "./make-way.ts";

/** Lane is not there when its trial is due. */
export const f42LaneUnavailable: FailureRow = {
  id: "F42",
  title: "Lane is not there when its trial is due",
  cause:
    "The backend cannot be started although the plan counts on it. The trial is sealed as lane-unavailable, and only a sound record may say that a lane is not applicable.",
  requirements: ["R48"],
  ways: [
    {
      layer: "W",
      lanes: [...ALL_LANES],
      injector: {
        kind: "process-wrapper",
        profile: "ordinary",
        steps: [FIX, DONE],
        files: [],
        base: "seeded",
        wrapper: { preflight: "exit 1" },
      },
      expected: closes("LANE_UNAVAILABLE"),
    },
    {
      layer: "G",
      lanes: [...ALL_LANES],
      injector: {
        kind: "gate-input",
        input: "applicability",
        changes: [
          "fake",
          "candidate",
          "other-plan",
          "planned-lane",
          "other-reason",
          "left-trials",
          "probe-succeeded",
          "recorded-before-probe",
          "lasts-too-long",
          "expired",
        ],
      },
      expected: { kind: "codes", codes: ["LANE_NA_CONTRADICTED", "LANE_NA_INVALID"] },
    },
  ],
  undrivable: [],
};
