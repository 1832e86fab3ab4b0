import { Id, oneOf, SchemaVersion, ShortText, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { EvidenceSummary } from "../proof/evidence-summary.ts";
import { Grounds } from "../proof/grounds.ts";
import { CandidateSubject } from "../proof/proof-statement.ts";
import { VERIFIER_ID } from "../proof/standard-results.ts";
import { AUTHORITY, closed, HexSha256, statementOf } from "../schema-parts.ts";

/** Predicate type of a SLSA Verification Summary Attestation, v1. */
export const VSA_PREDICATE = "https://slsa.dev/verification_summary/v1";
/** Predicate type of a rehearsal: a type of its own, so that no reader of summaries takes it for one. */
export const REHEARSAL_PREDICATE = "https://stage6.invalid/predicate/rehearsal/v1";
/** The one level that a record can state; levels that begin with SLSA_ are reserved. */
export const CANDIDATE_LEVEL = "CASE_STAGE6_CANDIDATE_DEFAULT";
/** Words that stand in every record. */
export const RECORD_STATEMENT = "candidate only, not active";

const Resource = closed(
  { uri: ShortText, digest: closed({ sha256: HexSha256 }, "Digest.") },
  "A document by digest: of its payload when it is an envelope.",
);

const summary = (recordType: "candidate-default" | "rehearsal") => ({
  verifier: closed({ id: Type.Literal(VERIFIER_ID) }, "Who verified."),
  timeVerified: Timestamp,
  resourceUri: ShortText,
  policy: Resource,
  inputAttestations: Type.Array(Resource, {
    minItems: 5,
    maxItems: 5,
    description: "Acceptance, admission, plan, proof and Stage 5 evidence, sorted by uri.",
  }),
  verificationResult: Type.Literal("PASSED", { description: "There is no record of a refusal." }),
  stage6_record: closed(
    {
      schemaVersion: SchemaVersion,
      recordType: Type.Literal(recordType, { description: "What is recorded." }),
      candidate: Id,
      operator: ShortText,
      expiresAt: Timestamp,
      summary: EvidenceSummary,
      grounds: Grounds,
      statement: Type.Literal(RECORD_STATEMENT, { description: "What this record is not." }),
      ...AUTHORITY,
    },
    "What a verification summary has no field for.",
  ),
});

/** The eligibility record: a SLSA VSA about the candidate's admitted source. It activates nothing. */
export const EligibilityRecord = statementOf(
  VSA_PREDICATE,
  CandidateSubject,
  closed(
    {
      ...summary("candidate-default"),
      verifiedLevels: Type.Array(Type.Literal(CANDIDATE_LEVEL), {
        minItems: 1,
        maxItems: 1,
        description: "The level.",
      }),
    },
    "Verification summary.",
  ),
  "Eligibility record.",
);
/** The eligibility record. */
export type EligibilityRecord = Static<typeof EligibilityRecord>;

/** A rehearsal record: the whole gate held, on scripted evidence. It states no level and is never eligibility. */
export const RehearsalRecord = statementOf(
  REHEARSAL_PREDICATE,
  CandidateSubject,
  closed(
    {
      ...summary("rehearsal"),
      verifiedLevels: Type.Array(oneOf([CANDIDATE_LEVEL], "Level."), { maxItems: 0, description: "None." }),
    },
    "What a rehearsal showed.",
  ),
  "Rehearsal record.",
);
/** A rehearsal record. */
export type RehearsalRecord = Static<typeof RehearsalRecord>;
