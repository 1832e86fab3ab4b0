export {
  APPLICABILITY_REASONS,
  ApplicabilityRecord,
  applicabilityPath,
  checkApplicability,
  MAX_APPLICABILITY_DAYS,
  type ApplicabilityInput,
  type ApplicabilityProblem,
} from "./applicability.ts";
export { APPLICABILITY_PREDICATE, ApplicabilityStatement } from "./applicability-statement.ts";
export { COMPARISON_CODES, type Code, type ComparisonCode } from "./code.ts";
export { checkPlan, type PlanInput } from "./check-plan.ts";
export { compare, type CompareInput } from "./compare.ts";
export { compareWithItself } from "./compare-with-itself.ts";
export {
  BoundsSummary,
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
export { boundsText, openActions, openText, type BoundsDocuments, type OpenAction } from "./open-actions.ts";
export { parsePolicy, type ParsedPolicy, type PolicyProblem } from "./parse-policy.ts";
export { DEFAULT_POLICY, Policy, REAL_BASELINES, REQUIRED_LANES } from "./policy.ts";
export { COMPARED_KINDS, KIND_NEEDS, type ComparedKind, type KindNeed } from "./kind.ts";
export {
  decidePooled,
  decideRate,
  type PooledDecision,
  type RateBasis,
  type RateDecision,
  type RatePair,
  type RateRules,
} from "./rates/decide-rate.ts";
export { renderComparison } from "./render-comparison.ts";
export { renderSelfComparison } from "./render-self-comparison.ts";
export type { SelfCell, SelfComparison } from "./self-comparison.ts";
export type { TrialInput } from "./trial-input.ts";
export { exitCodeOf, verdictOf } from "./verdict.ts";
