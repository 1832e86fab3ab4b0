export { laneConformance } from "./lane-conformance.ts";
export type { LaneRule } from "./lane-rule.ts";
export { LANE_RULES } from "./lane-rules.ts";
export type { LaneSample } from "./lane-sample.ts";
