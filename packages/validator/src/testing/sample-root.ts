import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DEFAULT_POLICY, type Policy } from "@stage6/comparator";
import {
  digestHex,
  SCHEMA_VERSION,
  sha256,
  writeStrictBytes,
  type OwnershipRecord,
  type PlannedFixture,
  type PlannedLane,
  type Sha256,
  type TrialPlan,
  type TrialRef,
} from "@stage6/evidence-interface";
import { trialPath } from "@stage6/evidence-interface/fs";
import { CONTRACT_NAMES, NO_AUTHORITY, type ContractInForce, type TrustedKeyFile } from "@stage6/eligibility";
import { appendRevocation } from "@stage6/eligibility/fs";
import {
  inStrictBounds,
  testKeys,
  writeSampleBundle,
  type SampleTrial,
} from "@stage6/evidence-interface/testing";
import { contractsInForce, NO_ADAPTER } from "../gate/contracts-in-force.ts";
import { defaultHarnessConfig } from "../harness-config.ts";
import { ROOT_FILES } from "../root-files.ts";
import { writeSampleJournal } from "./journal-root.ts";

const LANES = ["case", "codex", "fake", "pi"] as const;
const FIXTURE = "fix-failing-test";
const ATTEMPT = "00000000-0000-4000-8000-000000000000";
const TRIALS = 2;
const POLICY = { ...DEFAULT_POLICY, trialsPerCell: { scripted: TRIALS, live: 10 } };

/** The parts of a fixture that a reader of the root looks at. */
const SAMPLE_TARGET = {
  schemaVersion: SCHEMA_VERSION,
  id: FIXTURE,
  repository: { baseCommit: "a".repeat(40) },
  allowedPaths: ["src/**"],
};
const TARGET_DIGEST = sha256(writeStrictBytes(SAMPLE_TARGET));

/** The ownership record of a fixture of a sample. */
export const sampleOwnership = (fixture: string): OwnershipRecord => ({
  schemaVersion: SCHEMA_VERSION,
  fixture,
  owner: "the tests",
  class: "owned-noncritical",
  consent: { statement: "Made for tests.", date: "2026-01-01" },
  allowedPaths: ["src/**"],
  repository: { rootCommits: ["a".repeat(40)], baseCommit: "a".repeat(40), origin: null },
});

/** The ownership record of the sample's one fixture. */
export const SAMPLE_OWNERSHIP = sampleOwnership(FIXTURE);

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
  /** Two scripted trials per cell when left out. */
  readonly policy?: Policy;
  /** Fixtures, lanes, models and trials per cell are written as the changed plan says. */
  readonly plan?: (plan: TrialPlan) => TrialPlan;
  readonly trial?: (trial: SampleTrial, ref: TrialRef) => SampleTrial;
  /** The Case adapter that the root's contract names; none when left out. */
  readonly caseAdapter?: ContractInForce;
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
    keys: [
      {
        keyId: runner.keyid,
        role: "runner",
        publicKey: runner.publicPem,
        validFrom: "2025-01-01T00:00:00.000Z",
        validUntil: "2027-01-01T00:00:00.000Z",
      },
    ],
  };
}

/** Writes a whole rehearsal: four lanes, one fixture, two trials each, every bundle sealed and announced; no stored comparison. */
export async function writeSampleRoot(root: string, options: SampleRootOptions = {}): Promise<SampleRoot> {
  await mkdir(join(root, "fixtures"), { recursive: true });
  await writeDocument(root, ROOT_FILES.harness, defaultHarnessConfig("sample"));
  const policy = options.policy ?? POLICY;
  await writeDocument(root, ROOT_FILES.policy, policy);
  await writeDocument(root, ROOT_FILES.trustedKeys, sampleKeys());
  await writeGateFiles(root, options.caseAdapter ?? NO_ADAPTER);
  const plan = (options.plan ?? ((same: TrialPlan) => same))(samplePlan(policy));
  const digest = sha256(writeStrictBytes(plan));
  const planId = digestHex(digest).slice(0, 16);
  await writeDocument(root, `${ROOT_FILES.plans}/${planId}.json`, plan);
  for (const { id } of plan.fixtures) {
    await writeDocument(root, `${ROOT_FILES.fixtures}/${id}/fixture.json`, SAMPLE_TARGET);
    await writeDocument(root, `${ROOT_FILES.fixtures}/${id}/ownership.json`, sampleOwnership(id));
  }
  const bundles: string[] = [];
  for (const lane of plan.lanes.filter(({ state }) => state === "planned")) {
    for (const fixture of plan.fixtures) {
      for (let number = 1; number <= plan.trialsPerCell; number += 1) {
        const trial: TrialRef = { planId, lane: lane.lane, fixture: fixture.id, number };
        await writeTrial(root, { plan, digest, lane, fixture, trial }, options.trial);
        bundles.push(`${ROOT_FILES.runs}/${trialPath(trial)}`);
      }
    }
  }
  await writeSampleJournal(root);
  return { root, planId, plan, bundles };
}

/** Lane registry, contracts, matrix and an opened list of revocations, as `init` writes them. */
async function writeGateFiles(root: string, caseAdapter: ContractInForce): Promise<void> {
  for (const id of LANES)
    await writeDocument(root, `${ROOT_FILES.lanes}/${id}/lane.json`, {
      schemaVersion: SCHEMA_VERSION,
      id,
      adapter: `@stage6/lane-${id}`,
      enabledByDefault: NO_AUTHORITY.enabledByDefault,
      statePaths: [],
    });
  const inForce = contractsInForce(caseAdapter);
  for (const name of CONTRACT_NAMES)
    await writeDocument(root, `${ROOT_FILES.contracts}/${name}.json`, {
      schemaVersion: SCHEMA_VERSION,
      name,
      ...inForce[name],
      status: "active",
    });
  await appendRevocation(join(root, ROOT_FILES.revocations), {
    kind: "opened",
    id: "none",
    revokedAt: "2025-12-01T00:00:00.000Z",
    reason: "made for tests",
  });
}

interface PlacedTrial {
  readonly plan: TrialPlan;
  readonly digest: Sha256;
  readonly lane: PlannedLane;
  readonly fixture: PlannedFixture;
  readonly trial: TrialRef;
}

async function writeTrial(
  root: string,
  { plan, digest, lane, fixture, trial }: PlacedTrial,
  change: SampleRootOptions["trial"],
): Promise<void> {
  const startedAt = plan.createdAt;
  await writeDocument(root, `${ROOT_FILES.attempts}/${trialPath(trial)}/${ATTEMPT}.json`, {
    schemaVersion: SCHEMA_VERSION,
    trial,
    attemptId: ATTEMPT,
    planDigest: digest,
    startedAt,
  });
  await writeSampleBundle(join(root, ROOT_FILES.runs, trialPath(trial)), {
    lane: trial.lane === "fake" ? "fake" : "codex",
    planId: trial.planId,
    number: trial.number,
    fixture: trial.fixture,
    ...(lane.model === null ? {} : { model: lane.model }),
    planDigest: digest,
    policyDigest: plan.policyDigest,
    limits: plan.limits,
    change: (sample) => {
      const placed = onFixture({ ...asLane(sample, lane, TARGET_DIGEST), startedAt }, fixture);
      const bound = plan.boundsTier === "strict" ? inStrictBounds(placed) : placed;
      return (change ?? ((same: SampleTrial) => same))(bound, trial);
    },
  });
}

/** The trial about the task and commit of a planned fixture. */
function onFixture(sample: SampleTrial, { taskDigest, baseCommit }: PlannedFixture): SampleTrial {
  return {
    ...sample,
    events: sample.events.map((draft) => {
      if (draft[0] === "run.started") return [draft[0], { ...draft[1], taskDigest, baseCommit }];
      return draft[0] === "workspace.prepared" ? [draft[0], { ...draft[1], baseCommit }] : draft;
    }),
  };
}

/** Samples are made for two lanes only; every other one is codex under another name, with the backend of the plan and the fixture of the digest. */
export function asLane(
  sample: SampleTrial,
  { lane, backendSha256 }: PlannedLane,
  fixtureDigest: Sha256,
): SampleTrial {
  return {
    ...sample,
    observation: { ...sample.observation, trial: { ...sample.observation.trial, lane } },
    events: sample.events.map((draft) => {
      if (draft[0] === "run.started")
        return [draft[0], { ...draft[1], fixtureDigest, trial: { ...draft[1].trial, lane } }];
      return draft[0] === "backend.probed" ? [draft[0], { ...draft[1], sha256: backendSha256 }] : draft;
    }),
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

function samplePlan(policy: Policy): TrialPlan {
  return {
    schemaVersion: SCHEMA_VERSION,
    createdAt: "2026-01-01T00:00:00.000Z",
    harness: { name: "stage6", version: "1.0.0" },
    candidate: "case",
    evidenceClass: "scripted",
    modelClass: "scripted",
    policyDigest: sha256(writeStrictBytes(policy)),
    boundsTier: "default",
    limits: policy.limits,
    trialsPerCell: TRIALS,
    lanes: LANES.map(plannedLane),
    fixtures: [
      {
        id: FIXTURE,
        digest: TARGET_DIGEST,
        taskDigest: sha256("task"),
        baseCommit: "a".repeat(40),
        ownershipDigest: sha256(writeStrictBytes(SAMPLE_OWNERSHIP)),
      },
    ],
  };
}
