import { DEFAULT_POLICY, type CompareInput, type Policy, type TrialInput } from "@stage6/comparator";
import {
  BUNDLE_FILES,
  checkBundle,
  digestHex,
  emptyFacts,
  EventLogChecker,
  foldEvent,
  sha256,
  writeStrictBytes,
  type CheckedBundle,
  type PlannedLane,
  type Report,
  type TrialPlan,
} from "@stage6/evidence-interface";
import { sampleTrial, sealFiles, testKeys } from "@stage6/evidence-interface/testing";
import { plannedTarget } from "./sample-targets.ts";

/** Digest of the program that the sample candidate runs. */
export const CASE_BINARY = sha256("case binary");
const SOURCE_TREE = { name: "source", kind: "tree" as const, before: CASE_BINARY, after: CASE_BINARY };
/** Policy of the samples: few trials, above every floor. */
export const POLICY: Policy = {
  ...DEFAULT_POLICY,
  trialsPerCell: { scripted: 2, live: 5 },
  liveModel: {
    provider: "openai",
    id: "gpt",
    url: "https://models.example.com/v1",
    keyHeader: "authorization",
    keyVariable: "MODEL_KEY",
  },
};

const LANES = ["case", "codex", "fake", "pi"] as const;

function plannedLane(lane: string, live: boolean): PlannedLane {
  const scripted = { class: "scripted", provider: "scripted", id: "scripted-1" } as const;
  const model = live ? ({ class: "live", provider: "openai", id: "gpt" } as const) : scripted;
  return {
    lane,
    state: "planned",
    adapterVersion: "1.0.0",
    backendVersion: `${lane} 1.0`,
    backendSha256: lane === "case" ? CASE_BINARY : sha256(`${lane} binary`),
    model: lane === "fake" ? { class: "none", provider: "", id: "" } : model,
    reason: null,
  };
}

function samplePlan(evidenceClass: "live" | "scripted"): TrialPlan {
  const live = evidenceClass === "live";
  return {
    schemaVersion: "1.0",
    createdAt: "2026-06-01T00:00:00.000Z",
    harness: { name: "stage6", version: "1.0.0" },
    candidate: "case",
    evidenceClass,
    modelClass: evidenceClass,
    policyDigest: sha256(writeStrictBytes(POLICY)),
    boundsTier: live ? "strict" : "default",
    limits: POLICY.limits,
    trialsPerCell: live ? 5 : 2,
    lanes: LANES.map((lane) => plannedLane(lane, live)),
    fixtures: Array.from({ length: live ? 6 : 1 }, (_, at) => plannedTarget(`fixture-${at}`)),
  };
}

/** Trials of whole, faultless bundles: two are sealed and read, the others are the same with another place. */
function sampleTrials(plan: TrialPlan): TrialInput[] {
  const planDigest = sha256(writeStrictBytes(plan));
  const planId = digestHex(planDigest).slice(0, 16);
  const read = { fake: readSample("fake"), codex: readSample("codex") };
  return plan.lanes.flatMap((lane) =>
    plan.fixtures.flatMap((fixture) =>
      Array.from({ length: plan.trialsPerCell }, (_, at): TrialInput => {
        const { report, observation, manifest, eventTypes } = lane.lane === "fake" ? read.fake : read.codex;
        if (report === null || observation === null || manifest === null)
          throw new TypeError("no sample bundle");
        const trial = { planId, lane: lane.lane, fixture: fixture.id, number: at + 1 };
        const placed: Report = {
          ...report,
          trial,
          planDigest,
          policyDigest: plan.policyDigest,
          fixture: { digest: fixture.digest, taskDigest: fixture.taskDigest, baseCommit: fixture.baseCommit },
          harness: plan.harness,
          lane: {
            adapterVersion: lane.adapterVersion ?? "",
            backendVersion: lane.backendVersion,
            backendSha256: lane.backendSha256,
          },
          model: { ...report.model, planned: lane.model ?? report.model.planned },
          limits: plan.limits,
          bounds: { ...report.bounds, tier: plan.boundsTier },
          timing: {
            ...report.timing,
            startedAt: "2026-06-02T00:00:00.000Z",
            endedAt: "2026-06-02T00:01:00.000Z",
          },
        };
        return {
          lane: lane.lane,
          fixture: fixture.id,
          number: at + 1,
          bundleDigest: sha256(`bundle ${lane.lane} ${fixture.id} ${at}`),
          state: "present",
          findings: [],
          report: placed,
          observation: {
            ...observation,
            trial,
            bounds: { ...observation.bounds, tier: plan.boundsTier },
            actions: observation.actions.map((action) =>
              plan.boundsTier === "strict" ? { ...action, verdict: "proven-prevented" } : action,
            ),
            protected: lane.lane === "case" ? [SOURCE_TREE] : [],
          },
          manifest: { ...manifest, trial },
          eventTypes,
        };
      }),
    ),
  );
}

/** A sample bundle as a reader of its folder has it. */
function readSample(lane: "fake" | "codex"): CheckedBundle {
  const documents = sealFiles(sampleTrial({ lane }));
  const facts = emptyFacts();
  const log = new EventLogChecker(BUNDLE_FILES.events, (event) => foldEvent(facts, event));
  log.push(Buffer.from(documents.get(BUNDLE_FILES.events) ?? Buffer.of()));
  return checkBundle({
    files: new Map(
      [...documents].map(([path, bytes]) => [path, { size: bytes.length, sha256: sha256(bytes) }]),
    ),
    findings: [],
    documents,
    events: log.end(),
    facts,
    trusted: testKeys().trusted,
    expected: null,
  });
}

/** Input of a comparison in which everything holds. */
export function sampleComparison(evidenceClass: "live" | "scripted" = "scripted"): CompareInput {
  const plan = samplePlan(evidenceClass);
  return {
    plan,
    planDigest: sha256(writeStrictBytes(plan)),
    policy: POLICY,
    policyDigest: plan.policyDigest,
    trials: sampleTrials(plan),
    harness: plan.harness,
  };
}
