import { CommitId, Count, Id, oneOf, SchemaVersion, Sha256, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { EvidenceSummary } from "./evidence-summary.ts";
import { Grounds } from "./grounds.ts";
import { AUTHORITY, closed, GitTree, statementOf } from "../schema-parts.ts";

/** Predicate type of a comparison proof. */
export const PROOF_PREDICATE = "https://stage6.invalid/predicate/comparison-proof/v1";

/** Subject of everything that is said about a candidate: its admitted source. */
export const CandidateSubject = Type.Array(
  closed(
    { name: Id, digest: closed({ gitCommit: CommitId, gitTree: GitTree }, "Commit and its root tree.") },
    "The candidate's admitted source, named by its lane.",
  ),
  { minItems: 1, maxItems: 1, description: "The candidate." },
);
/** Subject of everything that is said about a candidate. */
export type CandidateSubject = Static<typeof CandidateSubject>;

/** A comparison proof: the sealed comparison with everything it depends on, by digest. The envelope is the comparator's. */
export const ProofStatement = statementOf(
  PROOF_PREDICATE,
  CandidateSubject,
  closed(
    {
      schemaVersion: SchemaVersion,
      challenge: Type.String({
        pattern: "^[0-9a-f]{32}$",
        description:
          "128 random bits; an acceptance repeats them, so that it cannot be older than the proof.",
      }),
      evidenceClass: oneOf(["live", "scripted"], "Scripted evidence yields a rehearsal only."),
      plan: closed({ id: Id, sha256: Sha256 }, "Plan."),
      policySha256: Sha256,
      matrixSha256: Sha256,
      coverageSha256: Sha256,
      admissionSha256: Sha256,
      stage5Sha256: Sha256,
      comparison: closed(
        {
          sha256: Sha256,
          verdict: oneOf(
            ["pass", "refused", "invalid", "not-comparable", "inconclusive"],
            "Verdict of the comparison.",
          ),
          standing: oneOf(["holds", "won-but-blocked", "lost", "undecided"], "Standing of the candidate."),
        },
        "The comparison.",
      ),
      summary: EvidenceSummary,
      grounds: Grounds,
      matrixVerdict: oneOf(["pass", "fail"], "Whether every cell of the failure matrix was closed."),
      bundles: closed(
        { count: Count, listSha256: Sha256 },
        "Sealed bundles, and the SHA-256 over the lines `<plan>/<lane>/<fixture>/<nnn> <manifest digest>`, sorted.",
      ),
      finishedAt: Timestamp,
      expiresAt: Timestamp,
      ...AUTHORITY,
    },
    "What was compared, from what, and with which verdict.",
  ),
  "Comparison proof.",
);
/** A comparison proof. */
export type ProofStatement = Static<typeof ProofStatement>;
