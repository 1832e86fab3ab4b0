import type { LaneRule } from "./lane-rule.ts";
import { PLAN_RULES } from "./rules/plan-rules.ts";
import { PROBE_RULES } from "./rules/probe-rules.ts";
import { STATEMENT_RULES } from "./rules/statement-rules.ts";
import { TRANSLATION_RULES } from "./rules/translation-rules.ts";

/** Every rule of the kit. */
export const LANE_RULES: readonly LaneRule[] = [
  ...STATEMENT_RULES,
  ...PROBE_RULES,
  ...PLAN_RULES,
  ...TRANSLATION_RULES,
];
