import {
  digestHex,
  SCHEMA_VERSION,
  STATEMENT_TYPE,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import { decisionOf, type EligibilityDecision } from "../decide/decide-eligibility.ts";
import type { DecisionOptions, EligibilityDocuments } from "../decide/documents.ts";
import { judgeDocuments, type JudgedDocuments } from "../decide/judge-documents.ts";
import { VERIFIER_ID } from "../proof/standard-results.ts";
import { NO_AUTHORITY } from "../schema-parts.ts";
import {
  CANDIDATE_LEVEL,
  RECORD_STATEMENT,
  REHEARSAL_PREDICATE,
  VSA_PREDICATE,
  type EligibilityRecord,
  type RehearsalRecord,
} from "./eligibility-record.ts";
import { newestDate } from "./newest-date.ts";
import type { LedgerDraft } from "../ledger/check-ledger.ts";

/** What may be recorded now: the decision, and with a passed one the statement and its ledger line without the record's digest. */
export interface DerivedRecord {
  readonly decision: EligibilityDecision;
  readonly statement: EligibilityRecord | RehearsalRecord | null;
  readonly draft: Omit<LedgerDraft, "recordDigest"> | null;
  /** Newest date that the record rests on; with an earlier one nothing is recorded. */
  readonly notBefore: Timestamp | null;
}

/** Decides anew, for recording, and derives the record. There is no way to a record but through every check. */
export function deriveRecord(documents: EligibilityDocuments, options: DecisionOptions): DerivedRecord {
  const asked = { ...options, purpose: "record" as const };
  const judged = judgeDocuments(documents, asked);
  const decision = decisionOf(judged, documents, asked);
  const parts = partsOf(judged);
  if (decision.recordType === null || parts === null)
    return { decision, statement: null, draft: null, notBefore: null };
  return {
    decision,
    notBefore: newestDate(judged, documents),
    statement: statementOf(decision.recordType, parts, options.now),
    draft: {
      recordType: decision.recordType,
      proofDigest: parts.proof.digest,
      acceptanceDigest: parts.acceptance.digest,
      revocations: parts.trust.revocations.length,
      recordedAt: options.now,
    },
  };
}

type Parts = { readonly [K in keyof JudgedDocuments]: NonNullable<JudgedDocuments[K]> };

function partsOf(judged: JudgedDocuments): Parts | null {
  const { checks, trust, policy, admission, stage5, comparison, sources, proof, acceptance, ledger } = judged;
  if (trust === null || policy === null || admission === null || stage5 === null || comparison === null)
    return null;
  if (sources === null || proof === null || acceptance === null || ledger === null) return null;
  return { checks, trust, policy, admission, stage5, comparison, sources, proof, acceptance, ledger };
}

function statementOf(
  recordType: "candidate-default" | "rehearsal",
  { policy, admission, stage5, comparison, proof, acceptance }: Parts,
  now: string,
): EligibilityRecord | RehearsalRecord {
  const resource = (uri: string, digest: Sha256) => ({ uri, digest: { sha256: digestHex(digest) } });
  const expiries = [proof.statement.predicate.expiresAt, admission.expiresAt, stage5.expiresAt];
  const common = {
    verifier: { id: VERIFIER_ID } as const,
    timeVerified: now,
    resourceUri: admission.statement.predicate.repository,
    policy: resource("policy", policy.digest),
    inputAttestations: [
      resource("acceptance", acceptance.digest),
      resource("admission", admission.digest),
      resource("plan", comparison.plan.digest),
      resource("proof", proof.digest),
      resource("stage5", stage5.digest),
    ],
    verificationResult: "PASSED" as const,
  };
  const record = {
    schemaVersion: SCHEMA_VERSION,
    candidate: comparison.candidate,
    operator: acceptance.operator,
    expiresAt: expiries.toSorted()[0] ?? now,
    summary: proof.statement.predicate.summary,
    grounds: proof.statement.predicate.grounds,
    statement: RECORD_STATEMENT,
    ...NO_AUTHORITY,
  } as const;
  const head = { _type: STATEMENT_TYPE, subject: admission.statement.subject } as const;
  if (recordType === "rehearsal")
    return {
      ...head,
      predicateType: REHEARSAL_PREDICATE,
      predicate: { ...common, stage6_record: { ...record, recordType }, verifiedLevels: [] },
    };
  return {
    ...head,
    predicateType: VSA_PREDICATE,
    predicate: { ...common, stage6_record: { ...record, recordType }, verifiedLevels: [CANDIDATE_LEVEL] },
  };
}
