import { Id, oneOf, SCHEMA_VERSION, SchemaVersion, Sha256, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { RECORD_TYPES, type RecordType } from "../ledger/ledger-entry.ts";
import type { ProofRecord } from "../proof/check-proof.ts";
import { recordTypeOn } from "../proof/grounds.ts";
import { AUTHORITY, closed, NO_AUTHORITY } from "../schema-parts.ts";
import type { DecisionOptions, EligibilityDocuments } from "./documents.ts";
import { EligibilityCheck } from "./eligibility-check.ts";
import { judgeDocuments, type JudgedDocuments } from "./judge-documents.ts";

const NullableDigest = Type.Union([Sha256, Type.Null()], {
  description: "Digest; null when there is none that holds.",
});

/** The decision of the gate: every check, and what may be recorded. It records nothing and switches nothing on. */
export const EligibilityDecision = closed(
  {
    schemaVersion: SchemaVersion,
    now: Timestamp,
    candidate: Type.Union([Id, Type.Null()], { description: "Lane judged; null without a plan." }),
    evidenceClass: Type.Union([oneOf(["live", "scripted"], "Class of evidence."), Type.Null()], {
      description: "Class of evidence; null without a plan.",
    }),
    verdict: oneOf(["pass", "refused"], "pass when every check passes; recomputable from the checks."),
    recordType: Type.Union([oneOf(RECORD_TYPES, "What may be recorded."), Type.Null()], {
      description: "What may be recorded: scripted evidence gives a rehearsal, a refusal gives nothing.",
    }),
    proofDigest: NullableDigest,
    acceptanceDigest: NullableDigest,
    checks: Type.Array(EligibilityCheck, { maxItems: 128, description: "Checks sorted by id." }),
    ...AUTHORITY,
  },
  "Decision of the gate.",
);
/** The decision of the gate. */
export type EligibilityDecision = Static<typeof EligibilityDecision>;

/** Decides from raw documents whether the candidate may be recorded. Pure and total; believes no earlier result. */
export function decideEligibility(
  documents: EligibilityDocuments,
  options: DecisionOptions,
): EligibilityDecision {
  return decisionOf(judgeDocuments(documents, options), documents, options);
}

/** The decision that judged documents stand for. */
export function decisionOf(
  judged: JudgedDocuments,
  { comparison }: EligibilityDocuments,
  { now }: DecisionOptions,
): EligibilityDecision {
  const passed = judged.checks.every(({ verdict }) => verdict === "pass" || verdict === "not-applicable");
  const evidenceClass = comparison?.plan.evidenceClass ?? null;
  return {
    schemaVersion: SCHEMA_VERSION,
    now,
    candidate: comparison?.plan.candidate ?? null,
    evidenceClass,
    verdict: passed ? "pass" : "refused",
    recordType:
      passed && judged.proof !== null ? recordTypeOf(judged.proof, comparison?.plan.candidate) : null,
    proofDigest: judged.proof?.digest ?? null,
    acceptanceDigest: judged.acceptance?.digest ?? null,
    checks: [...judged.checks],
    ...NO_AUTHORITY,
  };
}

/** What may be recorded on a proof: candidate default for Case alone, since the record's level names no other lane. */
function recordTypeOf({ statement }: ProofRecord, candidate: string | undefined): RecordType | null {
  const type = recordTypeOn(statement.predicate.grounds);
  return type === "candidate-default" && candidate !== "case" ? null : type;
}
