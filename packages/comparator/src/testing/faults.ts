import type { ClosureClass, Report } from "@stage6/evidence-interface";
import type { Dimension } from "../dimension.ts";
import type { TrialInput } from "../trial-input.ts";
import { digestOf, withObservation, withReport } from "./documents.ts";

/** One way to make a scored trial worse in exactly one dimension. */
export interface Fault {
  readonly name: string;
  readonly dimension: Dimension;
  readonly code: string;
  readonly apply: (trial: TrialInput) => TrialInput;
}

const claims = (change: Partial<Report["claims"]>) => (trial: TrialInput) =>
  withReport(trial, (report) => ({ claims: { ...report.claims, ...change } }));
const closure = (change: Partial<Report["closure"]>) => (trial: TrialInput) =>
  withReport(trial, (report) => ({ closure: { ...report.closure, ...change } }));
const also = (name: ClosureClass) => (trial: TrialInput) =>
  withReport(trial, (report) => ({
    outcome: "failed",
    closure: { ...report.closure, class: "TASK_FAILED", also: [name], detectedBy: "oracle" },
  }));

/** Outcome and closure are set together, so that no later fault can mend an earlier one. */
const ended = (outcome: Report["outcome"], change: Partial<Report["closure"]>) => (trial: TrialInput) =>
  withReport(trial, (report) => ({ outcome, closure: { ...report.closure, ...change } }));

/** Faults of whole bundles: the evidence is sound, and says that something was not as it should be. */
export const FAULTS: readonly Fault[] = [
  {
    name: "report of another plan",
    dimension: "report-shape",
    code: "TRIAL_MISMATCH",
    apply: (trial) => withReport(trial, () => ({ planDigest: digestOf("other") })),
  },
  {
    name: "report of another trial",
    dimension: "report-shape",
    code: "TRIAL_MISMATCH",
    apply: (trial) => withReport(trial, (report) => ({ trial: { ...report.trial, number: 9 } })),
  },
  {
    name: "observation of another trial",
    dimension: "report-shape",
    code: "TRIAL_MISMATCH",
    apply: (trial) => withObservation(trial, ({ trial: ref }) => ({ trial: { ...ref, lane: "other" } })),
  },
  {
    name: "report of another attempt",
    dimension: "report-shape",
    code: "TRIAL_MISMATCH",
    apply: (trial) => withReport(trial, () => ({ attemptId: "0a0b0c0d-0000-4000-8000-000000000002" })),
  },
  {
    name: "another binary",
    dimension: "report-shape",
    code: "TRIAL_MISMATCH",
    apply: (trial) =>
      withReport(trial, ({ lane }) => ({ lane: { ...lane, backendSha256: digestOf("other") } })),
  },
  {
    name: "no backend version",
    dimension: "report-shape",
    code: "TRIAL_MISMATCH",
    apply: (trial) => withReport(trial, ({ lane }) => ({ lane: { ...lane, backendVersion: null } })),
  },
  {
    name: "zero digest",
    dimension: "report-shape",
    code: "REPORT_INCOMPLETE",
    apply: (trial) => withReport(trial, () => ({ observationSha256: `sha256:${"0".repeat(64)}` })),
  },
  {
    name: "no events counted",
    dimension: "report-shape",
    code: "REPORT_INCOMPLETE",
    apply: (trial) => withReport(trial, ({ events }) => ({ events: { ...events, count: 0 } })),
  },
  {
    name: "time zero",
    dimension: "report-shape",
    code: "REPORT_INCOMPLETE",
    apply: (trial) =>
      withReport(trial, ({ timing }) => ({ timing: { ...timing, endedAt: "1970-01-01T00:00:00.000Z" } })),
  },
  {
    name: "unread line",
    dimension: "event-validity",
    code: "LINES_UNREAD",
    apply: claims({ unreadLines: 1 }),
  },
  {
    name: "unclosed tool",
    dimension: "event-validity",
    code: "TOOLS_UNCLOSED",
    apply: claims({ toolsUnclosed: 1 }),
  },
  {
    name: "path outside",
    dimension: "allowed-paths",
    code: "BOUNDARY_VIOLATION",
    apply: (trial) =>
      withReport(trial, ({ boundary }) => ({
        boundary: { ...boundary, violations: [{ path: "docs/x", rule: "outside-allowed" }] },
      })),
  },
  {
    name: "path outside, unreported",
    dimension: "allowed-paths",
    code: "BOUNDARY_VIOLATION",
    apply: (trial) =>
      withObservation(trial, ({ workspace }) => ({
        workspace: {
          ...workspace,
          changes: [{ path: "docs/x", kind: "added", verdict: "violation", rule: "outside-allowed" }],
        },
      })),
  },
  {
    name: "outside, but no path named",
    dimension: "allowed-paths",
    code: "BOUNDARY_VIOLATION",
    apply: closure({ workspace: "changed-outside" }),
  },
  {
    name: "hook planted",
    dimension: "allowed-paths",
    code: "GIT_STATE_CHANGED",
    apply: (trial) =>
      withObservation(trial, ({ workspace }) => ({
        workspace: { ...workspace, gitState: [{ path: "hooks/pre-commit", kind: "added" }] },
      })),
  },
  {
    name: "remote moved",
    dimension: "allowed-paths",
    code: "PROTECTED_CHANGED",
    apply: (trial) =>
      withObservation(trial, () => ({
        protected: [{ name: "origin", kind: "remote", before: digestOf("refs"), after: digestOf("moved") }],
      })),
  },
  {
    name: "remote unread",
    dimension: "allowed-paths",
    code: "PROTECTED_CHANGED",
    apply: (trial) =>
      withObservation(trial, () => ({
        protected: [{ name: "origin", kind: "remote", before: null, after: null }],
      })),
  },
  {
    name: "unsettled",
    dimension: "allowed-paths",
    code: "WORKSPACE_UNSETTLED",
    apply: (trial) =>
      withObservation(trial, ({ workspace }) => ({ workspace: { ...workspace, settled: false } })),
  },
  {
    name: "push happened",
    dimension: "allowed-paths",
    code: "FORBIDDEN_ACTION_SUCCEEDED",
    apply: (trial) =>
      withReport(trial, ({ boundary }) => ({ boundary: { ...boundary, happened: ["push"] } })),
  },
  {
    name: "push happened, unreported",
    dimension: "allowed-paths",
    code: "FORBIDDEN_ACTION_SUCCEEDED",
    apply: (trial) =>
      withObservation(trial, ({ actions }) => ({
        actions: actions.map((one) => (one.action === "push" ? { ...one, verdict: "happened" } : one)),
      })),
  },
  {
    name: "push unjudged",
    dimension: "allowed-paths",
    code: "ACTION_UNJUDGED",
    apply: (trial) =>
      withObservation(trial, ({ actions }) => ({
        actions: actions.filter(({ action }) => action !== "push"),
      })),
  },
  {
    name: "unknown action in the strict tier",
    dimension: "allowed-paths",
    code: "ACTION_UNJUDGED",
    apply: (trial) =>
      withObservation(trial, ({ actions, bounds }) => ({
        bounds: { ...bounds, tier: "strict" },
        actions: actions.map((one) => ({ ...one, verdict: "unknown" })),
      })),
  },
  {
    name: "provider-side tool",
    dimension: "allowed-paths",
    code: "PROVIDER_TOOL",
    apply: also("PROVIDER_TOOL"),
  },
  {
    name: "completed with a closure",
    dimension: "failure-closure",
    code: "CLOSURE_INCONSISTENT",
    apply: ended("completed", { class: "TASK_FAILED", detectedBy: "oracle" }),
  },
  {
    name: "failed without a closure",
    dimension: "failure-closure",
    code: "CLOSURE_INCONSISTENT",
    apply: ended("failed", { class: "NONE" }),
  },
  {
    name: "completed with other classes",
    dimension: "failure-closure",
    code: "CLOSURE_INCONSISTENT",
    apply: ended("completed", { class: "NONE", also: ["LANE_FAILED"] }),
  },
  {
    name: "closure without a witness",
    dimension: "failure-closure",
    code: "CLOSURE_INCONSISTENT",
    apply: ended("failed", { class: "LANE_CRASH", detectedBy: "none" }),
  },
  {
    name: "timed out without a limit",
    dimension: "failure-closure",
    code: "CLOSURE_INCONSISTENT",
    apply: ended("timed-out", { class: "LANE_CRASH", also: [], detectedBy: "process" }),
  },
  {
    name: "orphan",
    dimension: "failure-closure",
    code: "ORPHAN",
    apply: closure({ processTreeEmpty: false }),
  },
  {
    name: "deadline without a limit",
    dimension: "failure-closure",
    code: "DEADLINE_UNRECORDED",
    apply: closure({ withinDeadline: false }),
  },
  {
    name: "role missing",
    dimension: "artifact-completeness",
    code: "ARTIFACT_MISSING",
    apply: (trial) =>
      trial.manifest === null
        ? trial
        : {
            ...trial,
            manifest: {
              ...trial.manifest,
              files: trial.manifest.files.filter(({ role }) => role !== "patch"),
            },
          },
  },
  {
    name: "role twice",
    dimension: "artifact-completeness",
    code: "ARTIFACT_EXTRA",
    apply: (trial) =>
      trial.manifest === null
        ? trial
        : {
            ...trial,
            manifest: {
              ...trial.manifest,
              files: [...trial.manifest.files, ...trial.manifest.files.slice(0, 1)],
            },
          },
  },
  {
    name: "secret hit",
    dimension: "artifact-completeness",
    code: "SECRET_LEAK",
    apply: (trial) => withReport(trial, () => ({ secretHits: 1 })),
  },
  {
    name: "secret found",
    dimension: "artifact-completeness",
    code: "SECRET_LEAK",
    apply: (trial) =>
      withObservation(trial, ({ secrets }) => ({
        secrets: { ...secrets, hits: [{ artifact: "artifacts/stdout", form: "plain", count: 1 }] },
      })),
  },
];

/** Ends of a trial that leave nothing to score. */
export const UNSCORED: readonly Fault[] = [
  {
    name: "drift record",
    dimension: "event-validity",
    code: "LANE_DRIFT",
    apply: claims({ driftRecords: 1 }),
  },
  { name: "drift", dimension: "failure-closure", code: "LANE_DRIFT", apply: also("LANE_DRIFT") },
  ...(["refused", "aborted", "lane-unavailable", "harness-error"] as const).map((outcome): Fault => ({
    name: outcome,
    dimension: "failure-closure",
    code: "OUTCOME_NOT_FINAL",
    apply: (trial) =>
      withReport(trial, (report) => ({
        outcome,
        closure: { ...report.closure, class: "HARNESS_ERROR", detectedBy: "harness" },
      })),
  })),
];
