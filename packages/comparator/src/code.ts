import type { BlockReason, FindingCode } from "@stage6/evidence-interface";

/** Reason codes that a comparison adds to the finding codes and block reasons of the evidence. Frozen: consumers match on them. */
export const COMPARISON_CODES = [
  "CANDIDATE_UNAVAILABLE",
  "CANDIDATE_INVALID",
  "BASELINE_INVALID",
  "BASELINE_NOT_SCORED",
  "LANE_SILENTLY_OMITTED",
  "LANE_NA_INVALID",
  "LANE_NA_CONTRADICTED",
  "INSUFFICIENT_COMPARISON",
  "INSUFFICIENT_EVIDENCE",
  "MISSING_TRIAL",
  "EXTRA_TRIAL",
  "POLICY_MISMATCH",
  "EVIDENCE_CLASS_MISMATCH",
  "BOUNDS_BELOW_FLOOR",
  "NOT_COMPARABLE_FIXTURE",
  "NOT_COMPARABLE_BASE",
  "NOT_COMPARABLE_TASK",
  "NOT_COMPARABLE_POLICY",
  "NOT_COMPARABLE_LIMITS",
  "NOT_COMPARABLE_MODEL",
  "NOT_COMPARABLE_HARNESS",
  "NOT_COMPARABLE_SCHEMA",
  "NOT_COMPARABLE_SANDBOX",
  "EVIDENCE_MISSING",
  "REPORT_INCOMPLETE",
  "LINES_UNREAD",
  "LANE_DRIFT",
  "TOOLS_UNCLOSED",
  "BOUNDARY_VIOLATION",
  "GIT_STATE_CHANGED",
  "PROTECTED_CHANGED",
  "WORKSPACE_UNSETTLED",
  "FORBIDDEN_ACTION_SUCCEEDED",
  "ACTION_UNJUDGED",
  "PROVIDER_TOOL",
  "OUTCOME_NOT_FINAL",
  "CLOSURE_INCONSISTENT",
  "ORPHAN",
  "DEADLINE_UNRECORDED",
  "SECRET_LEAK",
] as const;

/** One reason code of a comparison. */
export type ComparisonCode = (typeof COMPARISON_CODES)[number];

/** Any code that may stand in a comparison document. */
export type Code = ComparisonCode | FindingCode | BlockReason;
