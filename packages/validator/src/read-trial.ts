import { join } from "node:path";
import type { TrialInput } from "@stage6/comparator";
import type {
  Finding,
  PlannedLane,
  Sha256,
  TrialPlan,
  TrialRef,
  TrustedKeys,
} from "@stage6/evidence-interface";
import { readBundle } from "@stage6/evidence-interface/fs";
import { checkAgainstPlan, checkLocalCommits } from "./check-against-plan.ts";
import { checkIntent } from "./check-intent.ts";
import type { RunEntry } from "./list-runs.ts";
import { readVerified, type Verified } from "./read-verified.ts";
import { ROOT_FILES } from "./root-files.ts";
import type { RootInput } from "./root-input.ts";

/** A trial as the comparison takes it, with the files it was read from. */
export interface CollectedTrial extends TrialInput {
  /** Folder of the bundle, relative to the root. */
  readonly folder: string;
  readonly inputs: readonly RootInput[];
  /** Set when the bundle was known by its bytes from an earlier check and was not checked again. */
  readonly verifiedBefore?: true;
}

/** What every trial of a plan is read with. */
export interface TrialContext {
  readonly root: string;
  readonly planId: string;
  readonly plan: TrialPlan;
  readonly planDigest: Sha256;
  readonly trusted: TrustedKeys;
}

/** One place to read: planned, with what stands there (null: nothing), or something that no plan knows. */
export type TrialTask =
  | {
      readonly kind: "planned";
      readonly path: string;
      readonly trial: TrialRef;
      readonly lane: PlannedLane;
      readonly entry: RunEntry | null;
    }
  | { readonly kind: "unplanned"; readonly entry: RunEntry };

/** A trial that was read, and the key under which its bundle may be known from now on; null when it is not sound. */
export interface ReadTrial {
  readonly trial: CollectedTrial;
  readonly key: string | null;
}

const unverified = (trial: CollectedTrial): ReadTrial => ({ trial, key: null });

/** Reads one place. `verified` names the bundles that need no second check; null: each is checked as a whole. */
export async function readTrial(
  context: TrialContext,
  task: TrialTask,
  verified: Verified | null,
): Promise<ReadTrial> {
  if (task.kind === "planned") return readPlanned(context, task, verified);
  return unverified(await readUnplanned(context, task.entry));
}

async function readPlanned(
  context: TrialContext,
  { path, trial, lane, entry }: Extract<TrialTask, { kind: "planned" }>,
  verified: Verified | null,
): Promise<ReadTrial> {
  const folder = `${ROOT_FILES.runs}/${context.planId}/${path}`;
  const at = { lane: trial.lane, fixture: trial.fixture, number: trial.number, folder };
  const nothing = {
    bundleDigest: null,
    report: null,
    observation: null,
    manifest: null,
    eventTypes: [],
    inputs: [],
  };
  if (entry === null) return unverified({ ...at, ...nothing, state: "missing", findings: [] });
  if (entry.finding !== null)
    return unverified({ ...at, ...nothing, state: "invalid", findings: [entry.finding] });
  const options = { trusted: context.trusted, expected: trial };
  const read =
    verified === null
      ? { bundle: await readBundle(join(context.root, folder), options), known: false, key: null }
      : await readVerified(join(context.root, folder), options, verified);
  const { report, observation, manifest, eventTypes, digest, findings } = read.bundle;
  const planned = [
    ...(report === null ? [] : checkAgainstPlan(report, lane, context.planDigest)),
    ...(observation === null ? [] : checkLocalCommits(observation, context.plan)),
  ];
  const attempt =
    report === null ? null : { trial, attemptId: report.attemptId, planDigest: context.planDigest };
  const intent = attempt === null ? { findings: [], input: null } : await checkIntent(context.root, attempt);
  const all = [...[...findings, ...planned].map((finding) => below(folder, finding)), ...intent.findings];
  const inputs = [...bundleInput(folder, digest), ...(intent.input === null ? [] : [intent.input])];
  const collected: CollectedTrial = {
    ...at,
    bundleDigest: digest,
    state: all.length === 0 ? "present" : "invalid",
    findings: all,
    report,
    observation,
    manifest,
    eventTypes,
    inputs,
    ...(read.known ? { verifiedBefore: true } : {}),
  };
  return { trial: collected, key: read.key };
}

async function readUnplanned(
  { root, planId, trusted }: TrialContext,
  { path, kind, finding }: RunEntry,
): Promise<CollectedTrial> {
  const folder = path === "" ? `${ROOT_FILES.runs}/${planId}` : `${ROOT_FILES.runs}/${planId}/${path}`;
  const [lane = "", fixture = "", number = ""] = path.split("/");
  const at = {
    lane,
    fixture,
    number: /^[0-9]{3}$/.test(number) ? Number(number) : 0,
    folder,
    state: "extra",
  } as const;
  const extra: Finding = {
    code: "ARTIFACT_EXTRA",
    rule: "unplanned",
    file: folder,
    expected: "planned trials alone",
  };
  if (kind !== "bundle")
    return {
      ...at,
      bundleDigest: null,
      findings: [finding ?? extra],
      report: null,
      observation: null,
      manifest: null,
      eventTypes: [],
      inputs: [],
    };
  const bundle = await readBundle(join(root, folder), { trusted });
  const findings = [extra, ...bundle.findings.map((one) => below(folder, one))];
  const { digest, report, observation, manifest, eventTypes } = bundle;
  return {
    ...at,
    bundleDigest: digest,
    findings,
    report,
    observation,
    manifest,
    eventTypes,
    inputs: bundleInput(folder, digest),
  };
}

function bundleInput(folder: string, digest: Sha256 | null): RootInput[] {
  return digest === null ? [] : [{ role: "bundle", path: `${folder}/manifest.json`, sha256: digest }];
}

const below = (folder: string, finding: Finding): Finding => ({
  ...finding,
  file: finding.file === "." ? folder : `${folder}/${finding.file}`,
});
