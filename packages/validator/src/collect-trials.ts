import { join } from "node:path";
import type { TrialInput } from "@stage6/comparator";
import {
  sha256,
  type Finding,
  type PlannedLane,
  type Sha256,
  type TrialPlan,
  type TrialRef,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { readBundle } from "@stage6/evidence-interface/fs";
import { checkAgainstPlan, checkLocalCommits } from "./check-against-plan.ts";
import { checkIntent } from "./check-intent.ts";
import { listRuns, type RunEntry } from "./list-runs.ts";
import { mapBounded } from "./map-bounded.ts";
import { ROOT_FILES } from "./root-files.ts";
import type { RootInput } from "./root-input.ts";

/** A trial as the comparison takes it, with the files it was read from. */
export interface CollectedTrial extends TrialInput {
  /** Folder of the bundle, relative to the root. */
  readonly folder: string;
  readonly inputs: readonly RootInput[];
}

/** How trials are collected. */
export interface CollectOptions {
  /** Bundles read at the same time; 8 when left out. */
  readonly concurrency?: number;
}

interface Place {
  readonly trial: TrialRef;
  readonly lane: PlannedLane;
}

interface Context {
  readonly root: string;
  readonly planId: string;
  readonly plan: TrialPlan;
  readonly planDigest: Sha256;
  readonly trusted: TrustedKeys;
}

/**
 * Reads the bundle of every planned trial, and everything else below `runs/<planId>` as `extra`. Findings name files
 * from the root. Bad input is findings; nothing throws, nothing is followed, nothing written.
 */
export async function collectTrials(
  root: string,
  plan: TrialPlan,
  planId: string,
  trusted: TrustedKeys,
  options: CollectOptions = {},
): Promise<CollectedTrial[]> {
  const places = plannedPlaces(plan, planId);
  // A plan that was read is canonical: writing it again gives its very bytes.
  const context: Context = { root, planId, plan, planDigest: sha256(JSON.stringify(plan)), trusted };
  const entries = await listRuns(root, planId, places.size);
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  const limit = options.concurrency ?? 8;
  const planned = await mapBounded([...places], limit, ([path, place]) =>
    readPlanned(context, path, place, found.get(path)),
  );
  const unplanned = entries.filter(
    ({ path, kind }) => !places.has(path) && !(kind === "empty" && leadsTo(path, places)),
  );
  return [...planned, ...(await mapBounded(unplanned, limit, (entry) => readUnplanned(context, entry)))];
}

/** Where every planned trial belongs, by its path below `runs/<planId>`. */
function plannedPlaces(plan: TrialPlan, planId: string): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const lane of plan.lanes.filter(({ state }) => state === "planned")) {
    for (const fixture of plan.fixtures) {
      for (let number = 1; number <= plan.trialsPerCell; number += 1) {
        const path = `${lane.lane}/${fixture.id}/${String(number).padStart(3, "0")}`;
        places.set(path, { lane, trial: { planId, lane: lane.lane, fixture: fixture.id, number } });
      }
    }
  }
  return places;
}

async function readPlanned(
  context: Context,
  path: string,
  { trial, lane }: Place,
  entry: RunEntry | undefined,
): Promise<CollectedTrial> {
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
  if (entry === undefined) return { ...at, ...nothing, state: "missing", findings: [] };
  if (entry.finding !== null) return { ...at, ...nothing, state: "invalid", findings: [entry.finding] };
  const { report, observation, manifest, eventTypes, digest, findings } = await readBundle(
    join(context.root, folder),
    {
      trusted: context.trusted,
      expected: trial,
    },
  );
  const planned = [
    ...(report === null ? [] : checkAgainstPlan(report, lane, context.planDigest)),
    ...(observation === null ? [] : checkLocalCommits(observation, context.plan)),
  ];
  const attempt =
    report === null ? null : { trial, attemptId: report.attemptId, planDigest: context.planDigest };
  const intent = attempt === null ? { findings: [], input: null } : await checkIntent(context.root, attempt);
  const all = [...[...findings, ...planned].map((finding) => below(folder, finding)), ...intent.findings];
  const inputs = [...bundleInput(folder, digest), ...(intent.input === null ? [] : [intent.input])];
  return {
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
}

async function readUnplanned(
  { root, planId, trusted }: Context,
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

const leadsTo = (path: string, places: ReadonlyMap<string, Place>): boolean =>
  [...places.keys()].some((place) => place.startsWith(`${path}/`));
