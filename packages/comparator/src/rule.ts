import type {
  Manifest,
  Observation,
  PlannedFixture,
  PlannedLane,
  Report,
  Sha256,
  TrialPlan,
} from "@stage6/evidence-interface";
import type { Code } from "./code.ts";
import type { Dimension } from "./dimension.ts";
import type { Policy } from "./policy.ts";
import type { TrialInput } from "./trial-input.ts";

/** One broken rule in one trial: code, place inside the bundle, and what was found there. */
export interface Violation {
  readonly code: Code;
  readonly where: string;
  readonly what: string;
}

/** What every rule may look at besides the trial. */
export interface Frame {
  readonly plan: TrialPlan;
  readonly planId: string;
  readonly planDigest: Sha256;
  readonly policy: Policy;
  readonly policyDigest: Sha256;
}

/** A trial that left something, in its place of the plan. */
export interface Subject {
  readonly lane: PlannedLane;
  readonly fixture: PlannedFixture;
  readonly number: number;
  readonly input: TrialInput;
  readonly report: Report | null;
  readonly observation: Observation | null;
  readonly manifest: Manifest | null;
}

/** An invariant: yields every violation of one rule in one trial, none when the rule holds. */
export interface Component {
  readonly name: string;
  readonly violations: (subject: Subject, frame: Frame) => Iterable<Violation>;
}

/** A dimension as the list of its invariants. */
export interface DimensionRules {
  readonly dimension: Dimension;
  readonly components: readonly Component[];
}

/** A rule over the report; a report that is not there breaks it. */
export function onReport(
  name: string,
  rule: (report: Report, subject: Subject, frame: Frame) => Iterable<Violation>,
): Component {
  return {
    name,
    violations: (subject, frame) =>
      subject.report === null ? absent("report.json") : rule(subject.report, subject, frame),
  };
}

/** A rule over the observation; an observation that is not there breaks it. */
export function onObservation(
  name: string,
  rule: (observation: Observation, subject: Subject, frame: Frame) => Iterable<Violation>,
): Component {
  return {
    name,
    violations: (subject, frame) =>
      subject.observation === null ? absent("observation.json") : rule(subject.observation, subject, frame),
  };
}

/** The violation of a rule whose document is missing: absent is not passed. */
export function absent(file: string): Violation[] {
  return [{ code: "EVIDENCE_MISSING", where: file, what: `${file} is missing or could not be read` }];
}
