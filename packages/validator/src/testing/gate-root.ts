import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DEFAULT_POLICY, type Policy } from "@stage6/comparator";
import { POLICY_NAMESPACE, type RawFile } from "@stage6/eligibility";
import {
  CASE_BINARY,
  KEYS,
  machineKeys,
  sampleAdmission,
  sampleObservations,
  sampleSigners,
  sampleStage5,
  signSsh,
  SOURCE_LIST,
} from "@stage6/eligibility/testing";
import { sha256, writeStrictBytes, type TrialPlan } from "@stage6/evidence-interface";
import type { SampleTrial } from "@stage6/evidence-interface/testing";
import { ROOT_FILES } from "../root-files.ts";
import {
  sampleKeys,
  writeDocument,
  writeSampleRoot,
  type SampleRoot,
  type SampleRootOptions,
} from "./sample-root.ts";

/** What a gate root may vary. */
export interface GateRootOptions extends SampleRootOptions {
  readonly evidenceClass?: "live" | "scripted";
  /** Fixtures with live evidence; the policy's fewest when left out. */
  readonly fixtures?: number;
  /** Trials per cell; two, or with live evidence five, when left out. */
  readonly trials?: number;
}

/** Writes a root in which everything before the proof holds, but for the evidence of the failure matrix: sealed bundles, operator, signed policy, admission, Stage 5 evidence. */
export async function writeGateRoot(root: string, options: GateRootOptions = {}): Promise<SampleRoot> {
  const live = options.evidenceClass === "live";
  const trials = options.trials ?? (live ? 5 : 2);
  const policy: Policy = options.policy ?? {
    ...DEFAULT_POLICY,
    trialsPerCell: { scripted: Math.min(trials, 2), live: 5 },
    liveModel: {
      provider: "loopback",
      id: "model-1",
      url: "http://127.0.0.1:9/v1",
      keyHeader: "authorization",
      keyVariable: "LOOPBACK_KEY",
    },
  };
  const fixtures = options.fixtures ?? (live ? 6 : 1);
  const written = await writeSampleRoot(root, {
    ...options,
    policy,
    trial: (sample, ref) =>
      (options.trial ?? ((same: SampleTrial) => same))(
        ref.lane === "case" ? withSource(sample) : sample,
        ref,
      ),
    plan: (plan) => (options.plan ?? ((same: TrialPlan) => same))(gatePlan(plan, live, fixtures, trials)),
  });
  await writeDocument(root, ROOT_FILES.trustedKeys, {
    ...sampleKeys(),
    keys: [...sampleKeys().keys, ...machineKeys().filter(({ role }) => role !== "runner")],
  });
  await put(root, sampleSigners());
  const signature = signSsh(writeStrictBytes(policy), KEYS.operator, { namespace: POLICY_NAMESPACE });
  await put(root, { path: ROOT_FILES.policySignature, bytes: signature });
  await put(root, sampleStage5().envelope);
  await put(root, { path: "stage5/first/report.txt", bytes: Buffer.from("stage 5 report\n") });
  await put(root, sampleAdmission());
  for (const seen of sampleObservations())
    await writeDocument(root, `admissions/observations/${written.planId}/${seen.moment}.json`, seen);
  return written;
}

/** A trial of the candidate tells of the source that it ran. */
function withSource(sample: SampleTrial): SampleTrial {
  const tree = { name: "source", kind: "tree", before: SOURCE_LIST, after: SOURCE_LIST } as const;
  return { ...sample, observation: { ...sample.observation, protected: [tree] } };
}

async function put(root: string, { path, bytes }: RawFile): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), bytes);
}

function gatePlan(plan: TrialPlan, live: boolean, fixtures: number, trialsPerCell: number): TrialPlan {
  const model = { class: "live", provider: "loopback", id: "model-1" } as const;
  return {
    ...plan,
    createdAt: "2026-06-01T00:00:00.000Z",
    evidenceClass: live ? "live" : "scripted",
    modelClass: live ? "live" : "scripted",
    trialsPerCell,
    lanes: plan.lanes.map((lane) => ({
      ...lane,
      backendSha256: lane.lane === "case" ? CASE_BINARY : sha256(lane.lane),
      ...(live && lane.lane !== "fake" ? { model } : {}),
    })),
    fixtures: plan.fixtures.flatMap((fixture) =>
      Array.from({ length: fixtures }, (_, at) => ({
        ...fixture,
        id: at === 0 ? fixture.id : `${fixture.id}-${at}`,
      })),
    ),
  };
}
