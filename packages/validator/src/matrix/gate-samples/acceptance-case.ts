import { createPublicKey, type KeyObject } from "node:crypto";
import {
  ACCEPTANCE_NAMESPACE,
  ACCEPTANCE_STATEMENT,
  checkAcceptance,
  PROOF_PREDICATE,
  type Acceptance,
  type AcceptanceFiles,
  type AcceptanceInput,
  type ProofRecord,
  type ProofStatement,
  type TrustRoot,
} from "@stage6/eligibility";
import { keyId, SCHEMA_VERSION, sha256, STATEMENT_TYPE, writeStrictBytes } from "@stage6/evidence-interface";
import { SOUND, type GateCase } from "./gate-case.ts";
import { sampleKey, sampleSshKey, signSample } from "./sample-key.ts";

const OPERATOR = sampleKey(31);
const RUNNER = sampleKey(32);
const STRANGER = sampleKey(33);
const NOW = "2026-01-10T00:00:00.000Z";
const CHALLENGE = "0123456789abcdef0123456789abcdef";
const DIGEST = sha256("sample");
const authority = {
  activation: "none",
  enabledByDefault: false,
  scope: "child-local",
  mutationScope: "scoped-real-repo",
} as const;

const statement: ProofStatement = {
  _type: STATEMENT_TYPE,
  subject: [{ name: "case", digest: { gitCommit: "c".repeat(40), gitTree: "d".repeat(40) } }],
  predicateType: PROOF_PREDICATE,
  predicate: {
    schemaVersion: SCHEMA_VERSION,
    challenge: CHALLENGE,
    evidenceClass: "scripted",
    plan: { id: "sample", sha256: DIGEST },
    policySha256: DIGEST,
    matrixSha256: DIGEST,
    coverageSha256: DIGEST,
    admissionSha256: DIGEST,
    stage5Sha256: DIGEST,
    comparison: { sha256: DIGEST, verdict: "pass", standing: "holds" },
    summary: { bounds: { strictTrials: 0, defaultTrials: 1, open: [] }, tasks: [], lostAttempts: 0 },
    grounds: {
      evidenceClass: "scripted",
      model: { provider: "stage6", id: "scripted", address: "none", localServer: null },
      lanes: [],
      source: { licence: "permits-use", commitsBehind: null },
      trials: 1,
      looks: 1,
      fixtures: 1,
      cells: { compared: 1, notApplicable: 0 },
    },
    matrixVerdict: "pass",
    bundles: { count: 1, listSha256: DIGEST },
    finishedAt: "2026-01-05T00:00:00.000Z",
    expiresAt: "2026-01-30T00:00:00.000Z",
    ...authority,
  },
};
const payload = writeStrictBytes(statement);
const proof: ProofRecord = { file: "proof", statement, payload, digest: sha256(payload), keyId: DIGEST };
const trust: TrustRoot = {
  keys: [
    {
      keyId: keyId(createPublicKey(RUNNER)),
      role: "runner",
      key: createPublicKey(RUNNER),
      validFrom: "2026-01-01T00:00:00.000Z",
      validUntil: "2027-01-01T00:00:00.000Z",
    },
  ],
  signers: [
    {
      principal: "operator:sample",
      namespace: ACCEPTANCE_NAMESPACE,
      key: sampleSshKey(OPERATOR),
      validAfter: Date.parse("2026-01-01T00:00:00.000Z"),
      validBefore: Date.parse("2026-01-20T00:00:00.000Z"),
      line: 1,
    },
  ],
  revocations: [],
};
const sound: Acceptance = {
  schemaVersion: SCHEMA_VERSION,
  type: "stage6-acceptance",
  proofDigest: proof.digest,
  challenge: CHALLENGE,
  decision: "accepted",
  operator: "operator:sample",
  acceptedAt: "2026-01-06T00:00:00.000Z",
  journal: { entries: 0, head: null },
  statement: ACCEPTANCE_STATEMENT,
};

function signed(change: Partial<Acceptance> = {}, key: KeyObject = OPERATOR): AcceptanceFiles {
  const bytes = writeStrictBytes({ ...sound, ...change });
  const path = "acceptances/sample/sample.json";
  return {
    document: { path, bytes },
    signature: { path: `${path}.sig`, bytes: signSample(bytes, key, ACCEPTANCE_NAMESPACE) },
  };
}

/** The signature of another document under this one. */
function misplaced(): AcceptanceFiles {
  return { document: signed().document, signature: signed({ decision: "rejected" }).signature };
}

const recorded: AcceptanceInput["ledger"] = {
  entries: [
    {
      schemaVersion: SCHEMA_VERSION,
      seq: 0,
      previous: null,
      recordType: "rehearsal",
      recordDigest: DIGEST,
      proofDigest: DIGEST,
      acceptanceDigest: sha256(writeStrictBytes(sound)),
      revocations: 1,
      recordedAt: NOW,
      ...authority,
    },
  ],
  head: DIGEST,
};
const revoked: TrustRoot["revocations"] = [
  {
    schemaVersion: SCHEMA_VERSION,
    seq: 1,
    previous: DIGEST,
    kind: "key",
    id: sampleSshKey(OPERATOR).fingerprint,
    revokedAt: NOW,
    reason: "lost",
  },
];

const CHANGES: Readonly<Record<string, () => Partial<AcceptanceInput>>> = {
  [SOUND]: () => ({}),
  absent: () => ({ acceptances: [] }),
  signature: () => ({ acceptances: [misplaced()] }),
  "other-proof": () => ({ acceptances: [signed({ proofDigest: DIGEST })] }),
  challenge: () => ({ acceptances: [signed({ challenge: "f".repeat(32) })] }),
  "before-proof": () => ({ acceptances: [signed({ acceptedAt: "2026-01-04T00:00:00.000Z" })] }),
  future: () => ({ acceptances: [signed({ acceptedAt: "2026-01-11T00:00:00.000Z" })] }),
  replayed: () => ({ ledger: recorded }),
  rejected: () => ({ acceptances: [signed({ decision: "rejected" })] }),
  "unknown-operator": () => ({ acceptances: [signed({}, STRANGER)] }),
  "operator-is-lane": () => ({ acceptances: [signed({}, RUNNER)] }),
  "revoked-operator": () => ({ trust: { ...trust, revocations: revoked } }),
  "key-window": () => ({ now: "2026-01-21T00:00:00.000Z" }),
};

/** Codes for an operator's acceptance that is spoiled in one way. */
export const acceptanceCase: GateCase = (change) => {
  const edit = Object.hasOwn(CHANGES, change) ? CHANGES[change] : undefined;
  if (edit === undefined) return null;
  const { problems } = checkAcceptance({
    acceptances: [signed()],
    proof,
    trust,
    ledger: { entries: [], head: null },
    lanes: ["case", "codex", "fake", "pi"],
    purpose: "judge",
    now: NOW,
    ...edit(),
  });
  return problems.map(({ code }) => code);
};
