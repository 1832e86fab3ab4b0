import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  NOW,
  sampleAcceptance,
  sampleAdmission,
  sampleStage5,
  wholeSample,
  withProofs,
} from "../testing/sample-documents.ts";
import {
  fileOf,
  keyEntry,
  KEYS,
  machineKeys,
  sampleKeyFile,
  sampleRevocations,
  sampleSigners,
  sampleTrust,
  signerLine,
} from "../testing/sample-keys.ts";
import { signSsh, sshKeyLine } from "../testing/sign-ssh.ts";
import { ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE } from "../trust/allowed-signers.ts";
import { decideEligibility } from "./decide-eligibility.ts";
import type { EligibilityDocuments } from "./documents.ts";

const { documents: accepted, proof, digest } = wholeSample("live");
const rehearsal = wholeSample("scripted");
/** A root in which everything holds and only the operator's word is missing. */
const unaccepted: EligibilityDocuments = { ...accepted, acceptances: new Map() };

/** Every key but the operator's and the founder's: what somebody has who holds all machines, and a key of his own. */
const HELD = ["runner", "comparator", "stage5-validator", "admission-reviewer", "stranger"] as const;
// Weighted towards what would work if a defence were gone, so that short sequences come upon it.
const mostly = <T>(one: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const held = mostly<(typeof HELD)[number]>("stranger", ...HELD).map((name) => KEYS[name]);
const principal = mostly("operator:mallory", "operator:jp", "operator:*", "lane:case");
const namespace = mostly<string>(ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE, "file");

type Documents = EligibilityDocuments;
type Move = (on: Documents) => Documents;
const withTrust = (on: Documents, change: Partial<Documents["trust"]>): Documents => ({
  ...on,
  trust: { ...on.trust, ...change },
});
const accept = (on: Documents, files: ReturnType<typeof sampleAcceptance>): Documents => ({
  ...on,
  acceptances: new Map([[digest, [files]]]),
});
const line = (name: string, key: KeyObject, space: string): string =>
  signerLine({ principal: name, key: sshKeyLine(key), namespace: space });
const textOf = (file: { readonly bytes: Uint8Array } | null): string =>
  Buffer.from(file?.bytes ?? []).toString("utf8");

const addSigner =
  (name: string, key: KeyObject, space: string): Move =>
  (on) =>
    withTrust(on, {
      allowedSigners: sampleSigners(textOf(on.trust.allowedSigners), line(name, key, space)),
    });
/** Founds the root anew over whatever stands there. */
const foundAnew =
  (key: KeyObject): Move =>
  (on) => {
    const { keys, allowedSigners, revocations } = on.trust;
    return withTrust(on, sampleTrust({ keys, allowedSigners, revocations }, {}, key));
  };
const acceptAs =
  (key: KeyObject, space: string, operator: string): Move =>
  (on) =>
    accept(on, sampleAcceptance(proof, digest, { key, namespace: space, document: { operator } }));
/** Would do, if a root vouched for itself. */
const TAKE_OVER: Move[] = [
  addSigner("operator:mallory", KEYS.stranger, ACCEPTANCE_NAMESPACE),
  foundAnew(KEYS.stranger),
  acceptAs(KEYS.stranger, ACCEPTANCE_NAMESPACE, "operator:mallory"),
];

/** Whatever can be written into a root without the operator's key and the founder's. */
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.tuple(principal, held, namespace).map((words) => addSigner(...words)),
  fc.tuple(principal, held).map(
    ([name, key]): Move =>
      (on) =>
        withTrust(on, {
          allowedSigners: sampleSigners(
            line(name, key, ACCEPTANCE_NAMESPACE),
            line(name, key, POLICY_NAMESPACE),
          ),
        }),
  ),
  held.map(foundAnew),
  fc
    .constantFrom<Partial<Documents["trust"]>>(
      { root: null },
      { rootSignature: null },
      { root: null, rootSignature: null },
      { revocations: null },
      { revocations: fileOf("trust/revocations.jsonl", "") },
      { revocations: sampleRevocations() },
      { keys: sampleKeyFile([...machineKeys(), keyEntry(KEYS.stranger, "operator")]) },
      { keys: sampleKeyFile([...machineKeys().slice(1), keyEntry(KEYS.stranger, "runner")]) },
      { allowedSigners: null },
    )
    .map(
      (change): Move =>
        (on) =>
          withTrust(on, change),
    ),
  fc.tuple(held, namespace, principal).map((words) => acceptAs(...words)),
  // Signatures of the operator that exist for other things, under an acceptance that he never made.
  fc.constantFrom("policy", "other proof", "none").map((source): Move => (on) => {
    const other = [...rehearsal.documents.acceptances.values()][0]?.[0];
    const bytes =
      source === "policy"
        ? (on.policySignature?.bytes ?? Buffer.of())
        : (other?.signature?.bytes ?? Buffer.of());
    const signature = source === "none" ? null : { path: "acceptance.sig", bytes };
    return accept(on, sampleAcceptance(proof, digest, { signature }));
  }),
  fc.constant<Move>((on) => ({
    ...on,
    acceptances: new Map([[digest, [...rehearsal.documents.acceptances.values()].flat()]]),
  })),
  held.map((key): Move => (on) => ({
    ...on,
    policySignature: {
      path: "policy/stage6.policy.json.sig",
      bytes: signSsh(on.policy?.bytes ?? Buffer.of(), key, { namespace: POLICY_NAMESPACE }),
    },
  })),
  held.map((key): Move => (on) => ({ ...on, proofs: withProofs(on, proof, key).documents.proofs })),
  held.map((key): Move => (on) => ({ ...on, stage5: [sampleStage5({}, key)] })),
  held.map((key): Move => (on) => ({ ...on, admissions: [sampleAdmission({}, key)] })),
  fc
    .constantFrom<Partial<Documents>>(
      { ledger: fileOf("eligibility/ledger.jsonl", "") },
      { ledger: fileOf("eligibility/ledger.jsonl", '{"recordType":"candidate-default"}\n') },
      { records: [fileOf("eligibility/0.dsse.json", { recordType: "candidate-default" })] },
      { proofs: rehearsal.documents.proofs },
    )
    .map((change): Move => (on) => ({ ...on, ...change })),
);

describe("with every key but the operator's and the founder's", () => {
  it("R20, R24, R40: no sequence of writes into a root that lacks only the acceptance makes anything eligible (ACCEPTANCE_MISSING)", () => {
    expect(decideEligibility(accepted, { now: NOW }).recordType).toBe("candidate-default");
    const missing = decideEligibility(unaccepted, { now: NOW });
    expect(missing.checks.filter(({ verdict }) => verdict !== "pass").map(({ code }) => code)).toEqual([
      "ACCEPTANCE_MISSING",
    ]);
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 20 }), (moves) => {
        const made = moves.reduce((on, one) => one(on), unaccepted);
        expect(decideEligibility(made, { now: NOW }).recordType).toBeNull();
      }),
      { numRuns: Number(process.env["STAGE6_PROPERTY_RUNS"] ?? 150), examples: [[TAKE_OVER]] },
    );
  }, 240_000);

  it("R40, R54: a revocation that is taken away leaves nothing trusted", () => {
    const revoked = withTrust(accepted, { revocations: sampleRevocations({ kind: "proof", id: digest }) });
    expect(decideEligibility(revoked, { now: NOW }).recordType).toBeNull();
    for (const revocations of [null, fileOf("trust/revocations.jsonl", "")])
      expect(decideEligibility(withTrust(revoked, { revocations }), { now: NOW }).recordType).toBeNull();
  });
});
