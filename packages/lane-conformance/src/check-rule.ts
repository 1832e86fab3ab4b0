import type { Lane } from "@stage6/lane-contract";
import type { LaneRule } from "./lane-rule.ts";
import type { LaneSample } from "./lane-sample.ts";

/** What one rule found of a lane. */
export interface RuleResult {
  /** Id of the rule. */
  readonly rule: string;
  readonly statement: string;
  /** What breaks it, one sentence each; empty: it passed. */
  readonly findings: readonly string[];
}

/**
 * Holds a lane to one rule: the lane keeps it, and the same lane with that rule's fault does not. Total: a lane that
 * throws has broken the rule.
 */
export function checkRule(rule: LaneRule, lane: Lane, samples: readonly LaneSample[]): readonly string[] {
  try {
    const found = rule.check(lane, samples);
    if (found.length > 0) return found;
  } catch (error) {
    return [`the lane threw: ${error instanceof Error ? error.message : String(error)}`];
  }
  return rejectsBroken(rule, lane, samples) ? [] : [`${rule.id} does not reject its broken lane`];
}

function rejectsBroken(rule: LaneRule, lane: Lane, samples: readonly LaneSample[]): boolean {
  try {
    return rule.check(rule.broken(lane), samples).length > 0;
  } catch {
    return true;
  }
}
