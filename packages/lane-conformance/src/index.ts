export type { RuleResult } from "./check-rule.ts";
export { examineLane } from "./examine-lane.ts";
export { isLane } from "./is-lane.ts";
export { laneConformance } from "./lane-conformance.ts";
export { deriveLaneResult, LaneResult, TEST_RESULT_PREDICATE, type LaneResultInput } from "./lane-result.ts";
export type { LaneRule } from "./lane-rule.ts";
export { LANE_RULES } from "./lane-rules.ts";
export type { LaneSample } from "./lane-sample.ts";
