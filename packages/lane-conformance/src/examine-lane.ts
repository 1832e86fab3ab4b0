import type { Lane } from "@stage6/lane-contract";
import { checkRule, type RuleResult } from "./check-rule.ts";
import { LANE_RULES } from "./lane-rules.ts";
import type { LaneSample } from "./lane-sample.ts";

/** Holds a lane to every rule of the kit, in the order of the rules. Never throws, whatever the lane does. */
export function examineLane(
  lane: Lane,
  samples: readonly [LaneSample, ...LaneSample[]],
): readonly RuleResult[] {
  return LANE_RULES.map((rule) => ({
    rule: rule.id,
    statement: rule.statement,
    findings: checkRule(rule, lane, samples),
  }));
}
