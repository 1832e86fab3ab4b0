import { ApplicabilityStatement, Comparison, Policy } from "@stage6/comparator";
import {
  BoundsSelfTest,
  BundleStatement,
  DsseEnvelope,
  EventSchema,
  Manifest,
  Observation,
  OwnershipRecord,
  Report,
  AttemptIntent,
  SegmentProof,
  TrialPlan,
  Withheld,
} from "@stage6/evidence-interface";
import { Coverage, FailureMatrix, MatrixBlock } from "@stage6/failure-matrix";
import { LaneResult } from "@stage6/lane-conformance";
import { Fixture, Script } from "@stage6/lane-contract";
import type { TSchema } from "typebox";

/** Every document that is published as a JSON Schema, by name. Add a document here and run tools/generate-schemas.ts. */
export const SCHEMAS: Readonly<Record<string, TSchema>> = {
  "applicability-statement": ApplicabilityStatement,
  "bounds-self-test": BoundsSelfTest,
  "bundle-statement": BundleStatement,
  comparison: Comparison,
  "dsse-envelope": DsseEnvelope,
  coverage: Coverage,
  event: EventSchema,
  "failure-matrix": FailureMatrix,
  fixture: Fixture,
  "lane-result": LaneResult,
  manifest: Manifest,
  "matrix-block": MatrixBlock,
  observation: Observation,
  ownership: OwnershipRecord,
  policy: Policy,
  report: Report,
  script: Script,
  "attempt-intent": AttemptIntent,
  "segment-proof": SegmentProof,
  "trial-plan": TrialPlan,
  withheld: Withheld,
};
