import type { Comparison, CompareInput, TrialInput } from "@stage6/comparator";
import {
  SCHEMA_VERSION,
  sha256,
  STATEMENT_TYPE,
  writeStrictBytes,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import type { AdmissionRecord } from "../admission/check-admission.ts";
import { NO_AUTHORITY } from "../schema-parts.ts";
import type { Stage5Record } from "../stage5/check-stage5.ts";
import { summarizeEvidence } from "./evidence-summary.ts";
import { deriveGrounds } from "./grounds.ts";
import { PROOF_PREDICATE, type ProofStatement } from "./proof-statement.ts";

/** What the failure matrix says, by digest. */
export interface MatrixFacts {
  /** Digest of the rows. */
  readonly matrixSha256: Sha256;
  /** Digest of the derived coverage. */
  readonly coverageSha256: Sha256;
  readonly verdict: "pass" | "fail";
}

/** What a proof is derived from, apart from what only its maker can choose. */
export interface ProofSources {
  readonly input: CompareInput;
  /** The comparison of `input`. */
  readonly comparison: Comparison;
  /** Announced attempts of the plan that left no bundle. */
  readonly lostAttempts: number;
  /** Coverage as it was at a moment: blocks expire, so the proof's own time decides what it states. */
  readonly matrixAt: (at: Timestamp) => MatrixFacts;
  readonly admission: AdmissionRecord;
  readonly stage5: Stage5Record;
}

/** What the maker of a proof chooses: 128 random bits and two times. */
export interface ProofSeal {
  readonly challenge: string;
  readonly finishedAt: Timestamp;
  readonly expiresAt: Timestamp;
}

/** The proof of a comparison; the same sources and seal give the same bytes, so that a reader can derive it again. */
export function deriveProof(
  sources: ProofSources,
  { challenge, finishedAt, expiresAt }: ProofSeal,
): ProofStatement {
  const { input, comparison, admission, stage5 } = sources;
  const matrix = sources.matrixAt(finishedAt);
  return {
    _type: STATEMENT_TYPE,
    subject: admission.statement.subject,
    predicateType: PROOF_PREDICATE,
    predicate: {
      schemaVersion: SCHEMA_VERSION,
      challenge,
      evidenceClass: comparison.evidenceClass,
      plan: { id: comparison.plan.id, sha256: comparison.plan.digest },
      policySha256: comparison.policyDigest,
      matrixSha256: matrix.matrixSha256,
      coverageSha256: matrix.coverageSha256,
      admissionSha256: admission.digest,
      stage5Sha256: stage5.digest,
      comparison: {
        sha256: sha256(writeStrictBytes(comparison)),
        verdict: comparison.verdict,
        standing: comparison.standing,
      },
      summary: summarizeEvidence(comparison, sources.lostAttempts),
      grounds: deriveGrounds(input, comparison, admission),
      matrixVerdict: matrix.verdict,
      bundles: listBundles(input, comparison.plan.id),
      finishedAt,
      expiresAt,
      ...NO_AUTHORITY,
    },
  };
}

function listBundles(input: CompareInput, planId: string): ProofStatement["predicate"]["bundles"] {
  const lines = [
    ...input.trials.map((trial) => lineOf(planId, trial)),
    ...(input.earlier ?? []).flatMap(({ id, trials }) => trials.map((trial) => lineOf(id, trial))),
  ];
  return { count: lines.length, listSha256: sha256(lines.toSorted().join("")) };
}

function lineOf(planId: string, { lane, fixture, number, bundleDigest }: TrialInput): string {
  return `${planId}/${lane}/${fixture}/${String(number).padStart(3, "0")} ${bundleDigest ?? "none"}\n`;
}
