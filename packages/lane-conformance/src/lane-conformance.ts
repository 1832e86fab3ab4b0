import type { Lane } from "@stage6/lane-contract";
import { checkRule } from "./check-rule.ts";
import { LANE_RULES } from "./lane-rules.ts";
import type { LaneSample } from "./lane-sample.ts";

/** Most findings that one failure names. */
const MAX_NAMED = 10;

/**
 * Declares one test for each rule: the lane passes it, and the lane with that rule's fault does not. `test` is that of
 * any test runner; without a sample the rules about translation would look at nothing, so one is required.
 */
export function laneConformance(
  lane: Lane,
  samples: readonly [LaneSample, ...LaneSample[]],
  test: (name: string, run: () => void) => void,
): void {
  for (const rule of LANE_RULES)
    test(`${lane.id}: ${rule.statement}`, () => {
      const found = checkRule(rule, lane, samples);
      if (found.length > 0) throw new Error(`${rule.id}\n${found.slice(0, MAX_NAMED).join("\n")}`);
    });
}
