import {
  digestHex,
  FORBIDDEN_ACTIONS,
  REQUIRED_ROLES,
  sha256,
  type EventType,
  type Manifest,
  type Observation,
  type PlannedFixture,
  type PlannedLane,
  type Report,
  type TrialPlan,
} from "@stage6/evidence-interface";
import type { CompareInput } from "../compare.ts";
import { DEFAULT_POLICY } from "../policy.ts";
import type { TrialInput } from "../trial-input.ts";

/** Digest of a text, to have different digests by name. */
export const digestOf = (text: string): string => sha256(Buffer.from(text));

const HARNESS = { name: "stage6", version: "0.0.0" };
const PLAN_DIGEST = digestOf("plan");
const POLICY_DIGEST = digestOf("policy");
const PLAN_ID = digestHex(PLAN_DIGEST).slice(0, 16);
const ATTEMPT = "0a0b0c0d-0000-4000-8000-000000000001";
const POLICY = { ...DEFAULT_POLICY, trialsPerCell: { scripted: 2, live: 10 } };

/** A planned lane on the scripted model; fake has no model. */
export function plannedLane(lane: string): PlannedLane {
  return {
    lane,
    state: "planned",
    adapterVersion: "0.0.0",
    backendVersion: `${lane} 1.0`,
    backendSha256: digestOf(`binary ${lane}`),
    model:
      lane === "fake"
        ? { class: "none", provider: "", id: "" }
        : { class: "scripted", provider: "scripted", id: "scripted-1" },
    reason: null,
  };
}

/** A lane that is blocked for want of its backend. */
export function blockedLane(lane: string): PlannedLane {
  const reason = { code: "BACKEND_MISSING" as const, detail: `no ${lane} here`, remedy: `install ${lane}` };
  return {
    lane,
    state: "blocked",
    adapterVersion: null,
    backendVersion: null,
    backendSha256: null,
    model: null,
    reason,
  };
}

/** A planned fixture. */
export function plannedFixture(id: string): PlannedFixture {
  return {
    id,
    digest: digestOf(`fixture ${id}`),
    taskDigest: digestOf(`task ${id}`),
    baseCommit: digestHex(digestOf(id)).slice(0, 40),
  };
}

/** A plan of all four lanes, two fixtures, two trials each. */
export function samplePlan(change: Partial<TrialPlan> = {}): TrialPlan {
  return {
    schemaVersion: "1.0",
    createdAt: "2026-01-01T00:00:00.000Z",
    harness: HARNESS,
    candidate: "case",
    evidenceClass: "scripted",
    modelClass: "scripted",
    policyDigest: POLICY_DIGEST,
    boundsTier: change.evidenceClass === "live" ? "strict" : "default",
    limits: POLICY.limits,
    trialsPerCell: 2,
    lanes: ["case", "codex", "fake", "pi"].map(plannedLane),
    fixtures: ["add-flag", "fix-bug"].map(plannedFixture),
    ...change,
  };
}

/** Report of a completed trial without a fault. */
function sampleReport(plan: TrialPlan, lane: PlannedLane, fixture: PlannedFixture, number: number): Report {
  return {
    schemaVersion: "1.0",
    trial: { planId: PLAN_ID, lane: lane.lane, fixture: fixture.id, number },
    attemptId: ATTEMPT,
    planDigest: PLAN_DIGEST,
    policyDigest: plan.policyDigest,
    fixture: { digest: fixture.digest, taskDigest: fixture.taskDigest, baseCommit: fixture.baseCommit },
    harness: plan.harness,
    lane: {
      adapterVersion: lane.adapterVersion ?? "",
      backendVersion: lane.backendVersion,
      backendSha256: lane.backendSha256,
    },
    model: {
      planned: lane.model ?? { class: "none", provider: "", id: "" },
      observed: ["scripted-1"],
      requests: 3,
      failedRequests: 0,
      ...(lane.lane === "fake"
        ? {}
        : { usage: { answers: 3, inputTokens: 100, cachedInputTokens: 0, outputTokens: 20 } }),
    },
    limits: plan.limits,
    bounds: { tier: plan.boundsTier, reason: "asked for" },
    timing: { startedAt: "2026-01-01T00:00:01.000Z", endedAt: "2026-01-01T00:00:02.000Z", backendMs: 900 },
    outcome: "completed",
    closure: {
      class: "NONE",
      also: [],
      detectedBy: "none",
      processTreeEmpty: true,
      workspace: "changed-inside",
      withinDeadline: true,
    },
    boundary: { allowedChanges: 1, violations: [], attempted: [], happened: [], unknown: [] },
    oracle: { state: "passed", exitCode: 0 },
    processExit: { code: 0, signal: null },
    agentOutcome: "completed",
    claims: {
      finalMessage: "done",
      messages: 1,
      toolCalls: 1,
      toolFailures: 0,
      toolsUnclosed: 0,
      toolsUnreported: 0,
      changedPaths: ["src/a.ts"],
      unreadLines: 0,
      unrecognizedRecords: 0,
      driftRecords: 0,
    },
    usage: lane.lane === "fake" ? null : { inputTokens: 100, cachedInputTokens: 0, outputTokens: 20 },
    events: { count: 12, bytes: 4096, sha256: digestOf("events") },
    observationSha256: digestOf("observation"),
    secretHits: 0,
  };
}

/** Observation that goes with {@link sampleReport}: strict bounds prove, the default tier sees nothing. */
function sampleObservation(report: Report): Observation {
  const strict = report.bounds.tier === "strict";
  return {
    schemaVersion: "1.0",
    trial: report.trial,
    preparation: { state: "ready", code: null, detail: "" },
    bounds: {
      requested: "auto",
      tier: report.bounds.tier,
      reason: report.bounds.reason,
      evidence: strict ? digestOf("self-test") : null,
    },
    workspace: {
      settled: true,
      changes: [{ path: "src/a.ts", kind: "modified", verdict: "allowed", rule: null }],
      gitState: [{ path: "index", kind: "touched" }],
    },
    protected: [{ name: "origin", kind: "remote", before: digestOf("refs"), after: digestOf("refs") }],
    actions: FORBIDDEN_ACTIONS.map((action) => ({
      action,
      verdict: strict ? ("proven-prevented" as const) : ("observed-none" as const),
      reason: "nothing seen",
    })),
    secrets: { declared: 1, hits: [] },
  };
}

/** Manifest with every required role once. */
function sampleManifest(report: Report): Manifest {
  return {
    schemaVersion: "1.0",
    trial: report.trial,
    attemptId: report.attemptId,
    files: REQUIRED_ROLES.map((role) => ({
      path: `artifacts/${role}`,
      role,
      mediaType: "application/json",
      size: 10,
      sha256: digestOf(role),
    })),
    events: {
      count: report.events.count,
      lastCheckpoint: digestOf("checkpoint"),
      segments: 1,
      merkleRoot: digestOf("root"),
    },
  };
}

/** Event types of a log that goes with {@link sampleReport}. */
function sampleEventTypes({ model }: Report): EventType[] {
  const told = ["agent.ended", "agent.messaged", "change.claimed", "tool.ended", "tool.started"] as const;
  return model.planned.class === "none"
    ? [...told]
    : [...told, "model.answered", "model.requested", "session.started", "usage.claimed"];
}

/** Whole, faultless trials for every planned place. */
function sampleTrials(plan: TrialPlan): TrialInput[] {
  return plan.lanes
    .filter(({ state }) => state === "planned")
    .flatMap((lane) =>
      plan.fixtures.flatMap((fixture) =>
        Array.from({ length: plan.trialsPerCell }, (_, at): TrialInput => {
          const report = sampleReport(plan, lane, fixture, at + 1);
          const bundleDigest = digestOf(`bundle ${lane.lane} ${fixture.id} ${at + 1}`);
          const observation = sampleObservation(report);
          const where = { lane: lane.lane, fixture: fixture.id, number: at + 1 };
          return {
            ...where,
            bundleDigest,
            state: "present",
            findings: [],
            report,
            observation,
            manifest: sampleManifest(report),
            eventTypes: sampleEventTypes(report),
          };
        }),
      ),
    );
}

/** Input of a comparison in which everything holds. */
export function sampleInput(plan: TrialPlan = samplePlan()): CompareInput {
  return {
    plan,
    planDigest: PLAN_DIGEST,
    policy: POLICY,
    policyDigest: POLICY_DIGEST,
    trials: sampleTrials(plan),
    harness: HARNESS,
  };
}

/** The same input with every trial of a lane changed. */
export function changeLane(
  input: CompareInput,
  lane: string,
  change: (trial: TrialInput) => TrialInput,
): CompareInput {
  return { ...input, trials: input.trials.map((trial) => (trial.lane === lane ? change(trial) : trial)) };
}

/** The same trial with its report changed. */
export function withReport(trial: TrialInput, change: (report: Report) => Partial<Report>): TrialInput {
  return trial.report === null ? trial : { ...trial, report: { ...trial.report, ...change(trial.report) } };
}

/** The same trial without the token counts that the gateway saw. */
export function withoutUsage(trial: TrialInput): TrialInput {
  return withReport(trial, ({ model: { planned, observed, requests, failedRequests } }) => ({
    model: { planned, observed, requests, failedRequests },
  }));
}

/** The same trial with its observation changed. */
export function withObservation(
  trial: TrialInput,
  change: (observation: Observation) => Partial<Observation>,
): TrialInput {
  return trial.observation === null
    ? trial
    : { ...trial, observation: { ...trial.observation, ...change(trial.observation) } };
}
