export { COMPARISON_CODES, type Code, type ComparisonCode } from "./code.ts";
export { compare, type CompareInput } from "./compare.ts";
export {
  Cell,
  CellComponent,
  Check,
  Comparison,
  Difference,
  Evidence,
  KindSets,
  LaneDimension,
  LaneSummary,
  MAX_EVIDENCE,
  Rate,
} from "./comparison.ts";
export { Dimension, DIMENSIONS } from "./dimension.ts";
export { earlierPlansOf, type EarlierPlan, type KnownPlan } from "./earlier-plans.ts";
export { explainCell } from "./explain-cell.ts";
export { parsePolicy, type ParsedPolicy, type PolicyProblem } from "./parse-policy.ts";
export { DEFAULT_POLICY, Policy, REAL_BASELINES, REQUIRED_LANES } from "./policy.ts";
export { COMPARED_KINDS, KIND_NEEDS, type ComparedKind, type KindNeed } from "./kind.ts";
export { renderComparison } from "./render-comparison.ts";
export type { TrialInput } from "./trial-input.ts";
export { exitCodeOf, verdictOf } from "./verdict.ts";
