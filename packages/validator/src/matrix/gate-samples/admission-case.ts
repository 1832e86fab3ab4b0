import { createPublicKey } from "node:crypto";
import {
  ADMISSION_PREDICATE,
  checkAdmission,
  type SourceAdmission,
  type SourceObservation,
  type TrustRoot,
} from "@stage6/eligibility";
import { keyId, SCHEMA_VERSION, sha256, signStatement, STATEMENT_TYPE } from "@stage6/evidence-interface";
import { SOUND, type GateCase } from "./gate-case.ts";
import { sampleKey } from "./sample-key.ts";

const AT = "2026-01-02T00:00:00.000Z";
const REVIEWER = sampleKey(21);
const BINARY = sha256("binary");

const trust: TrustRoot = {
  keys: [
    {
      keyId: keyId(createPublicKey(REVIEWER)),
      role: "admission-reviewer",
      key: createPublicKey(REVIEWER),
      validFrom: "2026-01-01T00:00:00.000Z",
      validUntil: "2027-01-01T00:00:00.000Z",
    },
  ],
  signers: [],
  revocations: [],
};

const statement: SourceAdmission = {
  _type: STATEMENT_TYPE,
  subject: [{ name: "case", digest: { gitCommit: "c".repeat(40), gitTree: "d".repeat(40) } }],
  predicateType: ADMISSION_PREDICATE,
  predicate: {
    schemaVersion: SCHEMA_VERSION,
    repository: "git+https://example.invalid/case",
    form: "binary",
    files: { count: 1, listSha256: sha256("list") },
    subTrees: [],
    prompts: [],
    extraFiles: [],
    extraFolders: [],
    lockfiles: [],
    dependencies: [],
    runtime: null,
    binary: { sha256: BINARY, preparation: [] },
    licence: { verdict: "none-found", evidence: "no licence file" },
    signature: { state: "unsigned", detail: "" },
    knownDefects: [],
    upstreamTests: null,
    startProbe: {
      argv: ["case", "--help"],
      exitCode: 0,
      outputSha256: sha256(""),
      version: "1.0",
      probedAt: "2026-01-01T12:00:00.000Z",
      verdict: "started",
    },
    upstream: { state: "upstream-unknown" },
    reviewer: "reviewer",
    admittedAt: AT,
    expiresAt: "2026-02-01T00:00:00.000Z",
  },
};
const observed = (now: string): SourceObservation => ({
  schemaVersion: SCHEMA_VERSION,
  moment: "now",
  trial: null,
  observedAt: now,
  gitCommit: null,
  gitTree: null,
  changed: [],
  extra: [],
  folders: [],
  binarySha256: BINARY,
  lockfiles: [],
  runtimeSha256: null,
});

/** When the gate judges, by change: the admission holds for 30 days. */
const TIMES: Readonly<Record<string, string>> = {
  [SOUND]: "2026-01-10T00:00:00.000Z",
  "older-than-max-age": "2026-02-01T00:00:00.001Z",
};

/** Codes for a source admission that is spoiled in one way. */
export const admissionCase: GateCase = (change) => {
  const now = Object.hasOwn(TIMES, change) ? TIMES[change] : undefined;
  if (now === undefined) return null;
  const { problems } = checkAdmission({
    admissions: [{ path: "admissions/case/sample.dsse.json", bytes: signStatement(statement, REVIEWER) }],
    observations: [observed(now)],
    trust,
    plan: null,
    reports: [],
    now,
  });
  return problems.map(({ code }) => code);
};
