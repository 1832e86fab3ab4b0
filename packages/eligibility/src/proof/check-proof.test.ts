import { digestHex, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { codesOf } from "../testing/codes-of.ts";
import { signed, withProof, withProofs, wholeSample } from "../testing/sample-documents.ts";
import { fileOf, KEYS, sampleRevocations, sampleTrust } from "../testing/sample-keys.ts";
import { POLICY } from "../testing/sample-comparison.ts";
import { signSsh } from "../testing/sign-ssh.ts";
import type { ProofStatement } from "./proof-statement.ts";

const { documents, proof, digest } = wholeSample();
const codes = (change: Partial<typeof documents>): string[] => codesOf("proof", { ...documents, ...change });
const forged = (change: Partial<Record<keyof ProofStatement["predicate"], unknown>>): string[] =>
  codesOf(
    "proof",
    withProofs(documents, { ...proof, predicate: { ...proof.predicate, ...change } }, KEYS.comparator)
      .documents,
  );
const [envelope = { path: "", bytes: Buffer.of() }] = documents.proofs;
const parsed: { payload: string; signatures: { sig: string }[] } = JSON.parse(
  Buffer.from(envelope.bytes).toString("utf8"),
);
const altered = (value: unknown): string[] =>
  codes({ proofs: [{ ...envelope, bytes: writeStrictBytes(value) }] });

describe("a comparison proof", () => {
  it("R23: that follows from the documents holds, whatever order they come in", () => {
    const comparison = documents.comparison;
    if (comparison === null) throw new Error("no comparison");
    expect(codes({})).toEqual([]);
    expect(codes({ comparison: { ...comparison, trials: comparison.trials.toReversed() } })).toEqual([]);
  });

  it("R2: that is not there is refused (COMPARISON_MISSING)", () => {
    expect(codes({ proofs: [] })).toEqual(["COMPARISON_MISSING missing"]);
    expect(codesOf("proof", documents, { proofDigest: sha256("another") })).toEqual([
      "COMPARISON_MISSING missing",
    ]);
  });

  it.each(["runner", "stage5-validator", "admission-reviewer", "operator", "stranger"] as const)(
    "R24: signed with the %s key is refused (PROOF_SIGNATURE)",
    (role) => {
      expect(codesOf("proof", withProofs(documents, proof, KEYS[role]).documents)).toEqual([
        "PROOF_SIGNATURE keyid",
      ]);
    },
  );

  it.each([
    [
      "with a flipped bit in its payload",
      () =>
        altered({
          ...parsed,
          payload: Buffer.from(
            Buffer.from(parsed.payload, "base64").map((byte, at) => (at === 200 ? byte ^ 1 : byte)),
          ).toString("base64"),
        }),
    ],
    [
      "with another's signature",
      () =>
        altered({
          ...parsed,
          signatures: [{ ...parsed.signatures[0], sig: Buffer.alloc(64).toString("base64") }],
        }),
    ],
    ["without a signature", () => altered({ ...parsed, signatures: [] })],
    [
      "with a second, made-up signature",
      () => altered({ ...parsed, signatures: [...parsed.signatures, ...parsed.signatures] }),
    ],
    ["in an envelope with an unknown field", () => altered({ ...parsed, verified: true })],
    ["with another payload type", () => altered({ ...parsed, payloadType: "application/json" })],
    ["that is cut off", () => codes({ proofs: [{ ...envelope, bytes: envelope.bytes.subarray(0, -2) }] })],
    [
      "in a folder of another name",
      () => codes({ proofs: [{ ...envelope, path: `proofs/${"0".repeat(64)}/comparison.dsse.json` }] }),
    ],
    ["of a newer major version", () => forged({ schemaVersion: "2.0" })],
    ["with an unknown field", () => forged({ enabled: true } as Record<string, unknown>)],
    ["that would activate something", () => forged({ activation: "default" })],
    ["that would switch the default on", () => forged({ enabledByDefault: true })],
    ["with a wider scope", () => forged({ scope: "core" })],
    ["with a wider mutation scope", () => forged({ mutationScope: "any" })],
    ["with a challenge of 64 bits", () => forged({ challenge: "0".repeat(16) })],
    [
      "of another predicate type",
      () =>
        codesOf(
          "proof",
          withProofs(
            documents,
            { ...proof, predicateType: "https://slsa.dev/verification_summary/v1" },
            KEYS.comparator,
          ).documents,
        ),
    ],
  ])("R23: %s is refused (PROOF_SIGNATURE)", (_, run) => {
    const found = run();
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((code) => code.startsWith("PROOF_SIGNATURE "))).toBe(true);
  });

  it.each([
    ["expired", "2026-07-01T00:00:00.000Z", {}],
    ["future", "2026-06-02T12:00:00.000Z", {}],
    ["span", "2026-06-05T00:00:00.000Z", { expiresAt: "2026-07-03T00:00:00.001Z" }],
    ["span", "2026-06-05T00:00:00.000Z", { expiresAt: "2026-06-03T00:00:00.000Z" }],
  ])("R23: the rule %s at %s refuses (PROOF_EXPIRED)", (rule, now, seal) => {
    const sealed = withProof({ ...documents, proofs: [] }, seal).documents;
    expect(codesOf("proof", sealed, { now })).toContain(`PROOF_EXPIRED ${rule}`);
  });

  it("R40: that was revoked is refused (PROOF_REVOKED)", () => {
    const trust = sampleTrust({ revocations: sampleRevocations({ kind: "proof", id: digest }) });
    expect(codes({ trust })).toEqual(["PROOF_REVOKED revoked"]);
  });

  it("R27: sealed over an open failure matrix is refused (PROOF_NOT_PASSED)", () => {
    const open = {
      ...documents,
      proofs: [],
      matrix: { ...documents.matrix, evidence: documents.matrix.evidence.slice(1) },
    };
    expect(codesOf("proof", withProof(open).documents)).toEqual(["PROOF_NOT_PASSED matrix"]);
  });

  it("R6: over a policy that was edited and signed again since is refused (POLICY_MISMATCH)", () => {
    const policy = fileOf("policy/stage6.policy.json", { ...POLICY, minRealLanes: 2 });
    const policySignature = {
      path: `${policy.path}.sig`,
      bytes: signSsh(policy.bytes, KEYS.operator, { namespace: "stage6-policy@v1" }),
    };
    expect(codes({ policy, policySignature })).toContain("POLICY_MISMATCH policySha256");
  });

  it.each([
    [
      "a bundle was replaced since",
      (comparison: NonNullable<typeof documents.comparison>) => ({
        ...comparison,
        trials: comparison.trials.map((trial, at) =>
          at === 0 ? { ...trial, bundleDigest: sha256("other") } : trial,
        ),
      }),
    ],
    [
      "a baseline's report was changed since",
      (comparison: NonNullable<typeof documents.comparison>) => ({
        ...comparison,
        trials: comparison.trials.map((trial, at) =>
          at === 3 && trial.report !== null
            ? {
                ...trial,
                report: { ...trial.report, oracle: { ...trial.report.oracle, state: "failed" as const } },
              }
            : trial,
        ),
      }),
    ],
  ])("R23: is refused when %s (REPLAY_DIVERGED)", (_, change) => {
    if (documents.comparison === null) throw new Error("no comparison");
    expect(codes({ comparison: change(documents.comparison) })).toEqual(["REPLAY_DIVERGED predicate"]);
  });

  it.each([
    [
      "REPLAY_DIVERGED predicate",
      "another comparison",
      { comparison: { ...proof.predicate.comparison, sha256: sha256("other") } },
    ],
    ["REPLAY_DIVERGED predicate", "other evidence", { evidenceClass: "live" }],
    ["REPLAY_DIVERGED coverageSha256", "another coverage", { coverageSha256: sha256("other") }],
    ["REPLAY_DIVERGED order", "a time before its last trial", { finishedAt: "2026-06-02T00:00:30.000Z" }],
    ["CONTRACT_MISMATCH matrixSha256", "another matrix", { matrixSha256: sha256("other") }],
    ["SOURCE_DRIFT admissionSha256", "another admission", { admissionSha256: sha256("other") }],
    ["STAGE5_DIGEST stage5Sha256", "other Stage 5 evidence", { stage5Sha256: sha256("other") }],
  ])("R23: that a comparator signed is refused with %s when it states %s", (code, _, change) => {
    expect(forged(change)).toContain(code);
  });

  it("R23: the newest proof of the plan is judged, unless another is named", () => {
    const later = withProof(
      { ...documents, proofs: [] },
      { finishedAt: "2026-06-04T12:00:00.000Z", challenge: "1".repeat(32) },
    );
    const both = { ...documents, proofs: [...later.documents.proofs, ...documents.proofs] };
    expect(codesOf("operator-acceptance", both)).toEqual(["ACCEPTANCE_MISSING missing"]);
    expect(codesOf("operator-acceptance", both, { proofDigest: digest })).toEqual([]);
  });

  it("R23: an envelope's file may not stand for its statement: the digest is the payload's", () => {
    expect(digest).toBe(sha256(writeStrictBytes(proof)));
    expect(envelope).toEqual(
      signed(`proofs/${digestHex(digest)}/comparison.dsse.json`, proof, KEYS.comparator),
    );
  });
});
