import type { CompareInput } from "@stage6/comparator";
import {
  digestHex,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  writeStrictBytes,
  type Sha256,
  type TrialRef,
} from "@stage6/evidence-interface";
import type { KeyObject } from "node:crypto";
import { ACCEPTANCE_STATEMENT, type Acceptance } from "../acceptance/acceptance.ts";
import type { AcceptanceFiles } from "../acceptance/check-acceptance.ts";
import {
  ADMISSION_PREDICATE,
  type SourceAdmission,
  type SourceObservation,
} from "../admission/source-admission.ts";
import type { EligibilityDocuments } from "../decide/documents.ts";
import { judgeDocuments } from "../decide/judge-documents.ts";
import { deriveProof, type ProofSeal } from "../proof/derive-proof.ts";
import type { ProofStatement } from "../proof/proof-statement.ts";
import type { RawFile } from "../raw-file.ts";
import type { Stage5Evidence } from "../stage5/check-stage5.ts";
import { STAGE5_PREDICATE, type Stage5Statement } from "../stage5/stage5-statement.ts";
import { ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE } from "../trust/allowed-signers.ts";
import { CASE_BINARY, POLICY, sampleComparison } from "./sample-comparison.ts";
import { fileOf, FOUNDER, HARNESS, KEYS, sampleTrust } from "./sample-keys.ts";
import { sampleMatrix } from "./sample-matrix.ts";
import { targetFiles } from "./sample-targets.ts";
import { signSsh } from "./sign-ssh.ts";

/** Time at which the samples are judged. */
export const NOW = "2026-06-05T00:00:00.000Z";
/** Source of the sample candidate. */
export const COMMIT = "c".repeat(40);
const TREE = "d".repeat(40);
const SEAL: ProofSeal = {
  challenge: "0123456789abcdef0123456789abcdef",
  finishedAt: "2026-06-03T00:00:00.000Z",
  expiresAt: "2026-07-01T00:00:00.000Z",
};
const CONTRACTS = { version: "1.0", sha256: sha256("contract") };
const REPORT_FILE = Buffer.from("stage 5 report\n");

/** A signed envelope in a file. */
export function signed(path: string, statement: unknown, key: KeyObject): RawFile {
  return { path, bytes: signStatement(statement, key) };
}

/** Stage 5 evidence that holds, changed. */
export function sampleStage5(
  change: Partial<Stage5Statement["predicate"]> = {},
  key: KeyObject = KEYS["stage5-validator"],
): Stage5Evidence {
  const statement: Stage5Statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: "report.txt", digest: { sha256: digestHex(sha256(REPORT_FILE)) } }],
    predicateType: STAGE5_PREDICATE,
    predicate: {
      schemaVersion: "1.0",
      result: "PASSED",
      source: { repository: "git+https://example.invalid/case", commit: COMMIT, gitTree: TREE },
      target: { repository: "tally", ownership: "owned-noncritical", baseCommit: "e".repeat(40) },
      validator: { name: "stage5", version: "1.0.0" },
      startedAt: "2026-05-20T00:00:00.000Z",
      finishedAt: "2026-05-20T01:00:00.000Z",
      expiresAt: "2026-08-01T00:00:00.000Z",
      ...change,
    },
  };
  return {
    envelope: signed("stage5/first.dsse.json", statement, key),
    files: new Map([["report.txt", sha256(REPORT_FILE)]]),
  };
}

/** A source admission that holds, changed. */
export function sampleAdmission(
  change: Partial<SourceAdmission["predicate"]> = {},
  key: KeyObject = KEYS["admission-reviewer"],
  digest: SourceAdmission["subject"][number]["digest"] = { gitCommit: COMMIT, gitTree: TREE },
): RawFile {
  const statement: SourceAdmission = {
    _type: STATEMENT_TYPE,
    subject: [{ name: "case", digest }],
    predicateType: ADMISSION_PREDICATE,
    predicate: {
      schemaVersion: "1.0",
      repository: "git+https://example.invalid/case",
      form: "checkout",
      files: { count: 208, listSha256: sha256("list") },
      subTrees: [{ path: "src", gitTree: "f".repeat(40) }],
      prompts: [{ path: "agents/closer.md", sha256: sha256("prompt") }],
      extraFiles: ["node_modules/.stamp"],
      extraFolders: [],
      lockfiles: [
        { path: "bun.lock", sha256: sha256("lock"), authoritative: true },
        { path: "pnpm-lock.yaml", sha256: sha256("stale"), authoritative: false },
      ],
      dependencies: [{ name: "pi-ai", version: "0.63.2", licence: "MIT" }],
      runtime: { version: "1.3.0", sha256: sha256("bun") },
      binary: { sha256: CASE_BINARY, preparation: ["bun install --frozen-lockfile"] },
      licence: { verdict: "none-found", evidence: "no licence file and no licence field" },
      signature: { state: "unverifiable", detail: "the signing key is not here" },
      knownDefects: [{ id: "H1", summary: "exits 0 on failure", severity: "high" }],
      upstreamTests: { passed: 10, failed: 0, skipped: 0 },
      startProbe: {
        argv: ["ca", "--version"],
        exitCode: 0,
        outputSha256: sha256("1.0"),
        version: "1.0",
        probedAt: "2026-05-25T00:00:00.000Z",
        verdict: "started",
      },
      upstream: { state: "upstream-unknown" },
      reviewer: "reviewer",
      admittedAt: "2026-05-25T00:00:00.000Z",
      expiresAt: "2026-06-20T00:00:00.000Z",
      ...change,
    },
  };
  return signed("admissions/case/first.dsse.json", statement, key);
}

/** Looks at the source around each run of the candidate and now, changed. */
export function sampleObservations(
  trials: readonly TrialRef[],
  change: Partial<SourceObservation> = {},
): SourceObservation[] {
  const look = (moment: SourceObservation["moment"], trial: TrialRef | null): SourceObservation => ({
    schemaVersion: "1.0",
    moment,
    trial,
    observedAt: "2026-06-02T00:00:00.000Z",
    gitCommit: COMMIT,
    gitTree: TREE,
    changed: [],
    extra: [],
    folders: [],
    binarySha256: CASE_BINARY,
    lockfiles: [{ path: "bun.lock", sha256: sha256("lock") }],
    runtimeSha256: sha256("bun"),
    ...change,
  });
  return [
    look("now", null),
    ...trials.flatMap((trial) => [look("before-run", trial), look("after-run", trial)]),
  ];
}

/** Trials of the candidate in which its program was started. */
export function startedTrials(input: CompareInput): readonly TrialRef[] {
  return input.trials.flatMap(({ report }) =>
    report === null || report.trial.lane !== input.plan.candidate || report.processExit === null
      ? []
      : [report.trial],
  );
}

/** Everything before the proof, for an input of a comparison. */
export function sampleRoot(input: CompareInput): EligibilityDocuments {
  const policy = fileOf("policy/stage6.policy.json", POLICY);
  const report = input.trials.find(({ lane }) => lane === "codex")?.report;
  if (report == null) throw new TypeError("the sample has no report");
  return {
    harness: fileOf("harness.json", {
      schemaVersion: "1.0",
      id: HARNESS,
      defaultValidationLane: "fake",
      mutationScope: "scoped-real-repo",
      lanes: {
        case: { adapter: "lane-case", enabledByDefault: false },
        codex: { adapter: "lane-codex", enabledByDefault: false },
        fake: { adapter: "lane-fake", enabledByDefault: true },
        pi: { adapter: "lane-pi", enabledByDefault: false },
      },
    }),
    lanes: new Map(["case", "codex", "fake", "pi"].map((lane) => [lane, laneFile(lane)])),
    contracts: new Map(CONTRACT_FILES.map((name) => [name, contractFile(name)])),
    contractsInForce: {
      "case-adapter": CONTRACTS,
      "evidence-interface": CONTRACTS,
      "failure-matrix": CONTRACTS,
    },
    ...targetFiles(input.plan.fixtures.map(({ id }) => id)),
    policy,
    policySignature: {
      path: `${policy.path}.sig`,
      bytes: signSsh(policy.bytes, KEYS.operator, { namespace: POLICY_NAMESPACE }),
    },
    trust: sampleTrust(),
    founder: FOUNDER,
    stage5: [sampleStage5()],
    admissions: [sampleAdmission()],
    observations: sampleObservations(startedTrials(input)),
    comparison: input,
    lostAttempts: 0,
    matrix: sampleMatrix(input.plan, report),
    proofs: [],
    acceptances: new Map(),
    ledger: null,
    journal: { point: { entries: 0, head: null }, registeredAt: new Map() },
    records: [],
  };
}

const CONTRACT_FILES = ["case-adapter", "evidence-interface", "failure-matrix"] as const;

/** contracts/<name>.json, changed. */
export function contractFile(name: string, change: Record<string, unknown> = {}): RawFile {
  return fileOf(`contracts/${name}.json`, {
    schemaVersion: "1.0",
    name,
    ...CONTRACTS,
    status: "active",
    ...change,
  });
}

/** lanes/<lane>/lane.json, changed. */
export function laneFile(lane: string, change: Record<string, unknown> = {}): RawFile {
  return fileOf(`lanes/${lane}/lane.json`, {
    schemaVersion: "1.0",
    id: lane,
    adapter: `@stage6/lane-${lane}`,
    enabledByDefault: false,
    statePaths: [],
    ...change,
  });
}

/** The documents with a proof that the comparator seals over them as they are, and the proof's statement. */
export function withProof(
  documents: EligibilityDocuments,
  seal: Partial<ProofSeal> = {},
): { readonly documents: EligibilityDocuments; readonly proof: ProofStatement; readonly digest: Sha256 } {
  const { sources } = judgeDocuments(documents, { now: NOW });
  if (sources === null) throw new TypeError("the documents give no proof");
  const proof = deriveProof(sources, { ...SEAL, ...seal });
  return { ...withProofs(documents, proof, KEYS.comparator), proof };
}

/** The documents with any statement in place of the proof, signed by any key. */
export function withProofs(
  documents: EligibilityDocuments,
  proof: unknown,
  key: KeyObject,
): { readonly documents: EligibilityDocuments; readonly digest: Sha256 } {
  const digest = sha256(writeStrictBytes(proof));
  const file = signed(`proofs/${digestHex(digest)}/comparison.dsse.json`, proof, key);
  return { documents: { ...documents, proofs: [file] }, digest };
}

/** How a sample acceptance is made. */
export interface AcceptanceChange {
  readonly document?: Partial<Record<keyof Acceptance, unknown>>;
  readonly key?: KeyObject;
  readonly namespace?: string;
  readonly signature?: RawFile | null;
}

/** An acceptance of a proof by the sample operator, changed. */
export function sampleAcceptance(
  proof: ProofStatement,
  digest: Sha256,
  { document = {}, key = KEYS.operator, namespace = ACCEPTANCE_NAMESPACE, signature }: AcceptanceChange = {},
): AcceptanceFiles {
  const acceptance: Record<keyof Acceptance, unknown> = {
    schemaVersion: "1.0",
    type: "stage6-acceptance",
    proofDigest: digest,
    challenge: proof.predicate.challenge,
    decision: "accepted",
    operator: "operator:jp",
    acceptedAt: "2026-06-04T00:00:00.000Z",
    journal: { entries: 0, head: null },
    statement: ACCEPTANCE_STATEMENT,
    ...document,
  };
  const file = fileOf(`acceptances/${digestHex(digest)}/jp.json`, acceptance);
  const made = { path: `${file.path}.sig`, bytes: signSsh(file.bytes, key, { namespace }) };
  return { document: file, signature: signature === undefined ? made : signature };
}

/** A harness root in which everything holds, up to the acceptance. */
export interface WholeSample {
  readonly documents: EligibilityDocuments;
  readonly proof: ProofStatement;
  readonly digest: Sha256;
}

const wholes = new Map<string, WholeSample>();

/** A harness root in which everything holds; made once per class of evidence. */
export function wholeSample(evidenceClass: "live" | "scripted" = "scripted"): WholeSample {
  const known = wholes.get(evidenceClass);
  if (known !== undefined) return known;
  const { documents, proof, digest } = withProof(sampleRoot(sampleComparison(evidenceClass)));
  const whole = {
    documents: { ...documents, acceptances: new Map([[digest, [sampleAcceptance(proof, digest)]]]) },
    proof,
    digest,
  };
  wholes.set(evidenceClass, whole);
  return whole;
}
