import { checkApplicability, type ApplicabilityRecord } from "@stage6/comparator";
import { SCHEMA_VERSION, type TrialPlan } from "@stage6/evidence-interface";
import { SOUND, type GateCase } from "./gate-case.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;
const PLAN_ID = "0".repeat(16);
const AT = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-02T00:00:00.000Z";

function samplePlan(change: string): TrialPlan {
  const blocked =
    change === "planned-lane" ? null : { code: "BACKEND_MISSING" as const, detail: "", remedy: "" };
  const lane = (id: string): TrialPlan["lanes"][number] => ({
    lane: id,
    state: blocked === null ? "planned" : "blocked",
    adapterVersion: null,
    backendVersion: null,
    backendSha256: null,
    model: null,
    reason: blocked,
  });
  return {
    schemaVersion: SCHEMA_VERSION,
    createdAt: AT,
    harness: { name: "stage6", version: "0.0.0" },
    candidate: change === "candidate" ? "codex" : "pi",
    evidenceClass: "scripted",
    modelClass: "scripted",
    policyDigest: DIGEST,
    boundsTier: "default",
    limits: { totalMs: 1, idleMs: 1, outputBytes: 1, lineBytes: 1, modelRequests: 1, oracleMs: 1 },
    trialsPerCell: 1,
    lanes: [lane("codex"), lane("fake"), lane("pi")],
    fixtures: [{ id: "one", digest: DIGEST, taskDigest: DIGEST, baseCommit: "0".repeat(40) }],
  };
}

/** Codes for a record that a lane is not applicable, spoiled in one way. */
export const applicabilityCase: GateCase = (change) => {
  const sound: ApplicabilityRecord = {
    schemaVersion: SCHEMA_VERSION,
    lane: "codex",
    planId: PLAN_ID,
    reasonCode: "BACKEND_MISSING",
    probe: {
      argv: ["codex", "--version"],
      exitCode: null,
      stdoutSha256: DIGEST,
      stderrSha256: DIGEST,
      probedAt: AT,
    },
    scope: "plan",
    rationale: "The backend was not installed on this machine when the plan was made.",
    recordedBy: "operator",
    recordedAt: AT,
    expiresAt: "2026-01-20T00:00:00.000Z",
  };
  const changes: Readonly<Record<string, Partial<ApplicabilityRecord>>> = {
    [SOUND]: {},
    fake: { lane: "fake" },
    candidate: {},
    "other-plan": { planId: "1".repeat(16) },
    "planned-lane": {},
    "other-reason": { reasonCode: "PROBE_FAILED" },
    "left-trials": {},
    "probe-succeeded": { probe: { ...sound.probe, exitCode: 0 } },
    "recorded-before-probe": { recordedAt: "2025-12-31T00:00:00.000Z" },
    "lasts-too-long": { expiresAt: "2026-03-01T00:00:00.000Z" },
    expired: { expiresAt: NOW },
  };
  const edit = Object.hasOwn(changes, change) ? changes[change] : undefined;
  if (edit === undefined) return null;
  const problems = checkApplicability(
    { ...sound, ...edit },
    PLAN_ID,
    samplePlan(change),
    change === "left-trials",
    NOW,
  );
  return problems.map(({ code }) => code);
};
