import { CLOSURE_CLASSES, type PlannedLane } from "@stage6/evidence-interface";
import type { LaneDimension, LaneSummary } from "./comparison.ts";
import { DIMENSIONS } from "./dimension.ts";
import { violates, type JudgedSlot } from "./judge-trial.ts";

/** What one lane of the plan left, over all fixtures. */
export function summarizeLane(lane: PlannedLane, trials: readonly JudgedSlot[]): LaneSummary {
  const reports = trials.flatMap(({ slot }) => slot.input?.report ?? []);
  const present = trials.filter(({ slot }) => slot.state !== "missing").length;
  const outcomes = {
    completed: 0,
    failed: 0,
    "timed-out": 0,
    refused: 0,
    aborted: 0,
    "lane-unavailable": 0,
    "harness-error": 0,
  };
  const oracle = { passed: 0, failed: 0, error: 0, "not-run": 0 };
  for (const report of reports) {
    outcomes[report.outcome] += 1;
    oracle[report.oracle.state] += 1;
  }
  return {
    lane: lane.lane,
    state: lane.state,
    reason:
      lane.reason === null
        ? null
        : { code: lane.reason.code, detail: lane.reason.detail, remedy: lane.reason.remedy },
    trials: {
      planned: trials.length,
      present,
      valid: trials.filter(({ slot }) => slot.state === "valid").length,
    },
    outcomes,
    closures: CLOSURE_CLASSES.map((name) => ({
      class: name,
      count: reports.filter(({ closure }) => closure.class === name).length,
    })).filter(({ count }) => count > 0),
    oracle,
    dimensions: DIMENSIONS.map((dimension): LaneDimension => {
      const violations = trials.filter((judged) => violates(judged, dimension)).length;
      const state =
        lane.state === "blocked"
          ? "blocked"
          : present === 0
            ? "no-evidence"
            : violations > 0
              ? "violated"
              : "holds";
      return { dimension, state, violations, of: trials.length };
    }),
  };
}
