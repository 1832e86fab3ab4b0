import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DEFAULT_POLICY } from "@stage6/comparator";
import {
  digestHex,
  SCHEMA_VERSION,
  sha256,
  writeStrictBytes,
  type PlannedLane,
  type TrialPlan,
  type TrialRef,
} from "@stage6/evidence-interface";
import { trialPath } from "@stage6/evidence-interface/fs";
import { testKeys, writeSampleBundle, type SampleTrial } from "@stage6/evidence-interface/testing";
import { defaultHarnessConfig } from "../harness-config.ts";
import { ROOT_FILES } from "../root-files.ts";
import type { TrustedKeyFile } from "../trusted-key-file.ts";

const LANES = ["case", "codex", "fake", "pi"] as const;
const FIXTURE = "fix-failing-test";
const ATTEMPT = "00000000-0000-4000-8000-000000000000";
const TRIALS = 2;
const POLICY = { ...DEFAULT_POLICY, trialsPerCell: { scripted: TRIALS, live: 10 } };

/** A written harness root. */
export interface SampleRoot {
  readonly root: string;
  readonly planId: string;
  readonly plan: TrialPlan;
  /** Folders of the bundles, relative to the root. */
  readonly bundles: readonly string[];
}

/** What a sample root may vary. */
export interface SampleRootOptions {
  /** Trials of each lane; 2 when left out. */
  readonly trials?: number;
  readonly plan?: (plan: TrialPlan) => TrialPlan;
  readonly trial?: (trial: SampleTrial, ref: TrialRef) => SampleTrial;
}

/** Writes a document of a root as canonical bytes. */
export async function writeDocument(root: string, path: string, value: unknown): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), writeStrictBytes(value));
}

/** The key file of a sample root: it trusts the test runner's key. */
export function sampleKeys(): TrustedKeyFile {
  const { runner } = testKeys();
  return {
    schemaVersion: SCHEMA_VERSION,
    keys: [{ keyId: runner.keyid, role: "runner", publicKey: runner.publicPem }],
  };
}

/** Writes a whole rehearsal: four lanes, one fixture, two trials each, every bundle sealed and announced; no stored comparison. */
export async function writeSampleRoot(root: string, options: SampleRootOptions = {}): Promise<SampleRoot> {
  await mkdir(join(root, "fixtures"), { recursive: true });
  await writeDocument(root, ROOT_FILES.harness, defaultHarnessConfig("sample"));
  await writeDocument(root, ROOT_FILES.policy, POLICY);
  await writeDocument(root, ROOT_FILES.trustedKeys, sampleKeys());
  const trials = options.trials ?? TRIALS;
  const plan = (options.plan ?? ((same: TrialPlan) => same))({ ...samplePlan(), trialsPerCell: trials });
  const digest = sha256(writeStrictBytes(plan));
  const planId = digestHex(digest).slice(0, 16);
  await writeDocument(root, `${ROOT_FILES.plans}/${planId}.json`, plan);
  const bundles: string[] = [];
  for (const lane of LANES) {
    for (let number = 1; number <= trials; number += 1) {
      const trial: TrialRef = { planId, lane, fixture: FIXTURE, number };
      await writeTrial(root, plan, digest, trial, options.trial);
      bundles.push(`${ROOT_FILES.runs}/${trialPath(trial)}`);
    }
  }
  return { root, planId, plan, bundles };
}

async function writeTrial(
  root: string,
  plan: TrialPlan,
  planDigest: string,
  trial: TrialRef,
  change: SampleRootOptions["trial"],
): Promise<void> {
  const startedAt = "2026-01-01T00:00:00.000Z";
  await writeDocument(root, `${ROOT_FILES.attempts}/${trialPath(trial)}/${ATTEMPT}.json`, {
    schemaVersion: SCHEMA_VERSION,
    trial,
    attemptId: ATTEMPT,
    planDigest,
    startedAt,
  });
  await writeSampleBundle(join(root, ROOT_FILES.runs, trialPath(trial)), {
    lane: trial.lane === "fake" ? "fake" : "codex",
    planId: trial.planId,
    number: trial.number,
    planDigest,
    policyDigest: plan.policyDigest,
    limits: plan.limits,
    change: (sample) => (change ?? ((same: SampleTrial) => same))(asLane(sample, trial.lane), trial),
  });
}

/** Samples are made for two lanes only; every other one is codex under another name. */
function asLane(sample: SampleTrial, lane: string): SampleTrial {
  return {
    ...sample,
    observation: { ...sample.observation, trial: { ...sample.observation.trial, lane } },
    events: sample.events.map((draft) =>
      draft[0] === "run.started" ? [draft[0], { ...draft[1], trial: { ...draft[1].trial, lane } }] : draft,
    ),
  };
}

function plannedLane(lane: string): PlannedLane {
  const model =
    lane === "fake"
      ? ({ class: "none", provider: "", id: "" } as const)
      : ({ class: "scripted", provider: "scripted", id: "scripted-1" } as const);
  return {
    lane,
    state: "planned",
    adapterVersion: "1.0.0",
    backendVersion: "1.0.0",
    backendSha256: null,
    model,
    reason: null,
  };
}

function samplePlan(): TrialPlan {
  return {
    schemaVersion: SCHEMA_VERSION,
    createdAt: "2026-01-01T00:00:00.000Z",
    harness: { name: "stage6", version: "1.0.0" },
    candidate: "case",
    evidenceClass: "scripted",
    modelClass: "scripted",
    policyDigest: sha256(writeStrictBytes(POLICY)),
    boundsTier: "default",
    limits: POLICY.limits,
    trialsPerCell: TRIALS,
    lanes: LANES.map(plannedLane),
    fixtures: [
      { id: FIXTURE, digest: sha256("fixture"), taskDigest: sha256("task"), baseCommit: "a".repeat(40) },
    ],
  };
}
