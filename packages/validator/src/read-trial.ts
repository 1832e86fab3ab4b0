import { join } from "node:path";
import type { TrialInput } from "@stage6/comparator";
import {
  MAX_DOCUMENT_BYTES,
  sha256,
  type Finding,
  type PlannedLane,
  type Sha256,
  type TrialPlan,
  type TrialRef,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { readBundle } from "@stage6/evidence-interface/fs";
import { readBytes } from "./bundle-identity.ts";
import { checkAgainstPlan, checkLocalCommits } from "./check-against-plan.ts";
import { checkIntent } from "./check-intent.ts";
import type { RunEntry } from "./list-runs.ts";
import { learnBundle, recallBundle, type KnownBundle, type Verified } from "./known-bundle.ts";
import { KnownTrial } from "./known-trial.ts";
import { ROOT_FILES } from "./root-files.ts";
import type { RootInput } from "./root-input.ts";

/** A trial as the comparison takes it, with the files it was read from. */
export interface CollectedTrial extends TrialInput {
  /** Folder of the bundle, relative to the root. */
  readonly folder: string;
  readonly inputs: readonly RootInput[];
  /** Set when the bundle was known from an earlier check, unchanged, and was not checked again. */
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

/** A trial that was read, and what its bundle may be known by from now on; null when it is not sound. */
export interface ReadTrial {
  readonly trial: CollectedTrial;
  readonly remember: KnownBundle | null;
}

const unverified = (trial: CollectedTrial): ReadTrial => ({ trial, remember: null });

type PlannedTask = Extract<TrialTask, { kind: "planned" }>;

/**
 * A planned trial whose bundle is known and unchanged, and so is the intent that announced it; null for any that has to be
 * read. That no link leads to either is for those to see who list the folders.
 */
export function recallTrial(
  { root, planId, planDigest }: TrialContext,
  { path, trial, entry }: PlannedTask,
  verified: Verified,
): ReadTrial | null {
  if (entry === null || entry.finding !== null) return null;
  const folder = folderOf(planId, path);
  const known = recallBundle({ folder: join(root, folder), trial, planDigest }, verified);
  const intent = known === null ? null : readBytes(join(root, known.intent.path), MAX_DOCUMENT_BYTES);
  if (known === null || intent === null || sha256(intent) !== known.intent.sha256) return null;
  const { lane, fixture, number } = trial;
  const inputs = [...bundleInput(folder, known.manifest), { role: "intent" as const, ...known.intent }];
  return { trial: new KnownTrial(root, { lane, fixture, number, folder }, known, inputs), remember: known };
}

/** Reads one place; every bundle is checked as a whole. `remember`: say what a sound one may be known by. */
export async function readTrial(
  context: TrialContext,
  task: TrialTask,
  remember: boolean,
): Promise<ReadTrial> {
  if (task.kind === "planned") return readPlanned(context, task, remember);
  return unverified(await readUnplanned(context, task.entry));
}

async function readPlanned(
  context: TrialContext,
  { path, trial, lane, entry }: PlannedTask,
  remember: boolean,
): Promise<ReadTrial> {
  const folder = folderOf(context.planId, path);
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
  const place = { folder: join(context.root, folder), trial, planDigest: context.planDigest };
  const { bundle, known } = remember
    ? await learnBundle(place, options)
    : { bundle: await readBundle(place.folder, options), known: null };
  const { report, observation, manifest, eventTypes, digest, findings } = bundle;
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
  };
  if (all.length > 0 || known === null || intent.input === null) return unverified(collected);
  const announced = { path: intent.input.path, sha256: intent.input.sha256 };
  return { trial: collected, remember: { ...known, intent: announced } };
}

const folderOf = (planId: string, path: string): string => `${ROOT_FILES.runs}/${planId}/${path}`;

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
