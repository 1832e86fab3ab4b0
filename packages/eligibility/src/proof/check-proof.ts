import { writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import { MAX_AGE_DAYS, spansAtMost } from "../duration.ts";
import { openStatement, type SignedStatement } from "../open-statement.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { isRevoked } from "../trust/revocation.ts";
import { trustedKeysOf, type TrustRoot } from "../trust/trust-root.ts";
import { deriveProof, type ProofSources } from "./derive-proof.ts";
import { ProofStatement } from "./proof-statement.ts";

/** A proof whose envelope holds. */
export type ProofRecord = SignedStatement<ProofStatement>;

/** What a proof is held against. */
export interface ProofInput {
  /** Every `comparison.dsse.json` below `proofs/`. */
  readonly proofs: readonly RawFile[];
  /** Digest of the proof to judge; the newest of the plan when left out. */
  readonly proofDigest: string | null;
  readonly planId: string | null;
  readonly trust: TrustRoot;
  /** What the proof has to follow from; null when some of it is missing. */
  readonly sources: ProofSources | null;
  readonly now: Timestamp;
}

/** Checks the proof in force: signed by a comparator key, fresh, not revoked, passed, and exactly what the documents give today. */
export function checkProof(input: ProofInput): {
  readonly record: ProofRecord | null;
  readonly problems: readonly Problem[];
} {
  const { proofs, proofDigest, planId, trust, now } = input;
  const problems: Problem[] = [];
  const keys = trustedKeysOf(trust, "comparator", now);
  const read = proofs.flatMap((file) => {
    const { signed, problems: found } = openStatement(ProofStatement, file, keys, "PROOF_SIGNATURE");
    problems.push(...found);
    if (signed !== null && !file.path.split("/").includes(signed.digest.slice("sha256:".length)))
      problems.push(
        problemIn(
          file.path,
          "PROOF_SIGNATURE",
          "folder",
          "the folder is named after the proof's digest",
          signed.digest,
        ),
      );
    return signed ?? [];
  });
  const wanted = read.filter(({ digest, statement }) =>
    proofDigest === null ? statement.predicate.plan.id === planId : digest === proofDigest,
  );
  const [newest] = wanted.toSorted((a, b) => (finishedAt(a) < finishedAt(b) ? 1 : -1));
  if (newest === undefined) {
    if (problems.length === 0)
      problems.push(problemIn("proofs", "COMPARISON_MISSING", "missing", "no comparison proof of this plan"));
    return { record: null, problems };
  }
  problems.push(...checkState(newest, trust, now), ...checkDerivation(newest, input));
  return { record: newest, problems };
}

const finishedAt = ({ statement }: ProofRecord): string => statement.predicate.finishedAt;

function checkState(proof: ProofRecord, trust: TrustRoot, now: Timestamp): Problem[] {
  const { finishedAt: finished, expiresAt, comparison, matrixVerdict } = proof.statement.predicate;
  const problems: Problem[] = [];
  const add = (code: string, rule: string, expected: string, found?: string): void =>
    void problems.push(problemIn(proof.file, code, rule, expected, found));
  if (isRevoked(trust, "proof", proof.digest))
    add("PROOF_REVOKED", "revoked", "the proof was revoked", proof.digest);
  if (finished > now) add("PROOF_EXPIRED", "future", "finished in the past", finished);
  if (expiresAt <= now) add("PROOF_EXPIRED", "expired", `not expired at ${now}`, expiresAt);
  if (!spansAtMost(finished, expiresAt, MAX_AGE_DAYS))
    add("PROOF_EXPIRED", "span", `expires within ${MAX_AGE_DAYS} days`, expiresAt);
  if (comparison.verdict !== "pass")
    add("PROOF_NOT_PASSED", "comparison", "a passed comparison", comparison.verdict);
  if (matrixVerdict !== "pass") add("PROOF_NOT_PASSED", "matrix", "a closed failure matrix", matrixVerdict);
  return problems;
}

/** Which document a differing digest belongs to, and the code that says so. */
const DIGESTS = [
  ["policySha256", "POLICY_MISMATCH"],
  ["matrixSha256", "CONTRACT_MISMATCH"],
  ["admissionSha256", "SOURCE_DRIFT"],
  ["stage5Sha256", "STAGE5_DIGEST"],
  ["coverageSha256", "REPLAY_DIVERGED"],
] as const;

function checkDerivation(proof: ProofRecord, { sources }: ProofInput): Problem[] {
  const problems: Problem[] = [];
  const add = (code: string, rule: string, expected: string, found: string): void =>
    void problems.push(problemIn(proof.file, code, rule, expected, found));
  if (sources === null) {
    add("NOT_RUN", "sources", "the documents to derive the proof from", "some are missing or unsound");
    return problems;
  }
  const stated = proof.statement.predicate;
  const derived = deriveProof(sources, stated);
  for (const [field, code] of DIGESTS) {
    const now = derived.predicate[field];
    if (stated[field] !== now) add(code, field, `today it is ${now}`, stated[field]);
  }
  const last =
    sources.input.trials
      .map(({ report }) => report?.timing.endedAt ?? "")
      .toSorted()
      .at(-1) ?? "";
  if (stated.finishedAt < last)
    add("REPLAY_DIVERGED", "order", `finished after the last trial, ${last}`, stated.finishedAt);
  if (problems.length === 0 && !Buffer.from(writeStrictBytes(derived)).equals(proof.payload))
    add("REPLAY_DIVERGED", "predicate", "exactly what the documents give", proof.digest);
  return problems;
}
