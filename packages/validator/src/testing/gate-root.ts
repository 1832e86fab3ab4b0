import { mkdir, readFile, writeFile } from "node:fs/promises";
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
  sampleTrust,
  signSsh,
} from "@stage6/eligibility/testing";
import {
  sha256,
  writeStrictBytes,
  type Sha256,
  type TrialPlan,
  type TrialRef,
} from "@stage6/evidence-interface";
import type { SampleTrial } from "@stage6/evidence-interface/testing";
import { ROOT_FILES } from "../root-files.ts";
import { writeSampleJournal } from "./journal-root.ts";
import {
  sampleKeys,
  sampleOwnership,
  writeDocument,
  writeSampleRoot,
  type SampleRoot,
  type SampleRootOptions,
} from "./sample-root.ts";

/** What a gate root may vary. */
export interface GateRootOptions extends SampleRootOptions {
  readonly evidenceClass?: "live" | "scripted";
  /** `none`: nobody founded the root yet, so that no operator stands there and the policy is not signed. */
  readonly operators?: "sample" | "none";
  /** Fixtures with live evidence; the policy's fewest when left out. */
  readonly fixtures?: number;
  /** Digest of the program that stands for Case, which is all that is then admitted; a whole sample checkout when left out. */
  readonly caseBinary?: Sha256;
  /** Trials per cell; two, or with live evidence five, when left out. */
  readonly trials?: number;
  /** False: the policy does not say what serves its model on this machine. */
  readonly namedServer?: boolean;
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
      ...(options.namedServer === false
        ? {}
        : { localServer: "a stand-in of the tests that answers from a script" }),
    },
  };
  const fixtures = options.fixtures ?? (live ? 6 : 1);
  const written = await writeSampleRoot(root, {
    ...options,
    policy,
    trial: (trial, ref) =>
      (options.trial ?? ((same: SampleTrial) => same))(
        ref.lane === "case" ? withLooks(trial, ref, options.caseBinary) : trial,
        ref,
      ),
    plan: (plan) =>
      (options.plan ?? ((same: TrialPlan) => same))(
        gatePlan(plan, { live, fixtures, trials, caseBinary: options.caseBinary ?? CASE_BINARY }),
      ),
  });
  await writeDocument(root, ROOT_FILES.trustedKeys, {
    ...sampleKeys(),
    keys: [...sampleKeys().keys, ...machineKeys().filter(({ role }) => role !== "runner")],
  });
  if (options.operators !== "none") await found(root, policy);
  await put(root, sampleStage5().envelope);
  await put(root, { path: "stage5/first/report.txt", bytes: Buffer.from("stage 5 report\n") });
  await put(root, sampleAdmission(admitted(options.caseBinary)));
  await writeSampleJournal(root);
  return written;
}

/** An operator, the founder's signature over the trust root, and the operator's over the policy. */
async function found(root: string, policy: Policy): Promise<void> {
  const allowedSigners = sampleSigners();
  const keys = { path: ROOT_FILES.trustedKeys, bytes: await readFile(join(root, ROOT_FILES.trustedKeys)) };
  const { root: statement, rootSignature } = sampleTrust({ keys, allowedSigners });
  for (const file of [allowedSigners, statement, rootSignature]) if (file !== null) await put(root, file);
  const bytes = signSsh(writeStrictBytes(policy), KEYS.operator, { namespace: POLICY_NAMESPACE });
  await put(root, { path: ROOT_FILES.policySignature, bytes });
}

/** What is admitted of a program without its source. */
const admitted = (sha: Sha256 | undefined): Parameters<typeof sampleAdmission>[0] =>
  sha === undefined ? {} : { form: "binary", binary: { sha256: sha, preparation: ["a sample program"] } };

const idOf = (id: string, at: number): string => (at === 0 ? id : `${id}-${at}`);

/** The trial with the looks at the source that the runner keeps around each run of the candidate. */
function withLooks(sample: SampleTrial, trial: TrialRef, caseBinary: Sha256 | undefined): SampleTrial {
  const seen = caseBinary === undefined ? {} : { binarySha256: caseBinary };
  const looks = sampleObservations([trial], seen).filter(({ moment }) => moment !== "now");
  const artifacts = new Map(sample.artifacts);
  for (const look of looks) {
    const when = look.moment === "before-run" ? "before" : "after";
    artifacts.set(`artifacts/source-${when}.json`, {
      role: `source-${when}`,
      mediaType: "application/json",
      bytes: writeStrictBytes(look),
    });
  }
  return { ...sample, artifacts };
}

async function put(root: string, { path, bytes }: RawFile): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), bytes);
}

interface PlanShape {
  readonly live: boolean;
  readonly fixtures: number;
  readonly trials: number;
  readonly caseBinary: Sha256;
}

function gatePlan(plan: TrialPlan, { live, fixtures, trials, caseBinary }: PlanShape): TrialPlan {
  const model = { class: "live", provider: "loopback", id: "model-1" } as const;
  return {
    ...plan,
    createdAt: "2026-06-01T00:00:00.000Z",
    evidenceClass: live ? "live" : "scripted",
    modelClass: live ? "live" : "scripted",
    boundsTier: live ? "strict" : "default",
    trialsPerCell: trials,
    lanes: plan.lanes.map((lane) => ({
      ...lane,
      backendSha256: lane.lane === "case" ? caseBinary : sha256(lane.lane),
      ...(live && lane.lane !== "fake" ? { model } : {}),
    })),
    fixtures: plan.fixtures.flatMap((fixture) =>
      Array.from({ length: fixtures }, (_, at) => ({
        ...fixture,
        id: idOf(fixture.id, at),
        taskDigest: at === 0 ? fixture.taskDigest : sha256(`task ${at}`),
        ownershipDigest: sha256(writeStrictBytes(sampleOwnership(idOf(fixture.id, at)))),
      })),
    ),
  };
}
