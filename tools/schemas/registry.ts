import { ApplicabilityRecord, Comparison, Policy } from "@stage6/comparator";
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
import { Fixture, Script } from "@stage6/lane-contract";
import type { TSchema } from "typebox";

/** Every document that is published as a JSON Schema, by name. Add a document here and run tools/generate-schemas.ts. */
export const SCHEMAS: Readonly<Record<string, TSchema>> = {
  applicability: ApplicabilityRecord,
  "bounds-self-test": BoundsSelfTest,
  "bundle-statement": BundleStatement,
  comparison: Comparison,
  "dsse-envelope": DsseEnvelope,
  event: EventSchema,
  fixture: Fixture,
  manifest: Manifest,
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
