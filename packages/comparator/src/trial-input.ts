import type {
  EventType,
  Finding,
  Id,
  Manifest,
  Observation,
  Report,
  Sha256,
} from "@stage6/evidence-interface";

/** One trial as the caller read and checked it. It is not trusted to be complete: the plan says what has to be there. */
export interface TrialInput {
  readonly lane: Id;
  readonly fixture: Id;
  /** Trial number within the cell, from 1. */
  readonly number: number;
  /** SHA-256 of manifest.json; null when there is none. */
  readonly bundleDigest: Sha256 | null;
  /** `extra`: found on disk but not part of the plan; `invalid`: found, with findings. */
  readonly state: "present" | "missing" | "invalid" | "extra";
  /** What the checks of the bundle found; any finding makes the trial invalid, whatever `state` says. */
  readonly findings: readonly Finding[];
  readonly report: Report | null;
  readonly observation: Observation | null;
  readonly manifest: Manifest | null;
  /** Types of event in the trial's log; empty when it could not be read. */
  readonly eventTypes: readonly EventType[];
}
