import { join } from "node:path";
import {
  BoundsError,
  observeSource,
  readSourceFacts,
  type SourceFacts,
  type SourceTree,
} from "@stage6/bounds";
import { ADMISSION_PREDICATE, type SourceAdmission } from "@stage6/eligibility";
import { escapeText, SCHEMA_VERSION, STATEMENT_TYPE, type Timestamp } from "@stage6/evidence-interface";
import { readHashed } from "@stage6/evidence-interface/fs";
import type { Lane } from "@stage6/lane-contract";
import {
  changedTrees,
  locateBackend,
  readProtectedTrees,
  type BackendPlaces,
  type LocatedBackend,
  type StartBounds,
} from "@stage6/runner";
import { sourcePlaces, type SourcePlaces } from "./look-at-source.ts";
import { probeStart, versionOf } from "./probe-start.ts";
import type { SourceReview } from "./source-review.ts";

const DAY_MS = 86_400_000;

/** Why a source is not admitted: a reason code of the gate, and one sentence. */
export interface AdmissionFault {
  readonly code: string;
  readonly message: string;
}

/** A statement to sign, or why there is none. */
export type CollectedAdmission =
  | { readonly ok: true; readonly statement: SourceAdmission }
  | { readonly ok: false; readonly faults: readonly AdmissionFault[] };

const refused = (...faults: AdmissionFault[]): CollectedAdmission => ({ ok: false, faults });

/**
 * Collects everything that a source admission states: commit and trees recomputed from the files, what lies beside them,
 * lock files, runtime, program, licence search, signature, lag behind the upstream, and one start of the program. The
 * review adds what a person judged. A source that is not exactly its commit and what the review allows is refused.
 */
export async function collectAdmission(
  lane: Lane,
  places: BackendPlaces,
  review: SourceReview,
  now: Timestamp,
  bounds: StartBounds,
): Promise<CollectedAdmission> {
  if (lane.backend.kind !== "provided")
    return refused({
      code: "SOURCE_MISSING",
      message: `stage6 installs ${lane.id} itself and pins it by its lock file; only a source of the operator's own is admitted`,
    });
  const located = await locateBackend(lane, places);
  if (!located.ok) return refused({ code: located.code, message: `${located.detail}. ${located.remedy}` });
  const at = await sourcePlaces(lane.backend, places);
  if (at.checkout === null)
    return refused({
      code: "SOURCE_MISSING",
      message: `a program alone cannot be reviewed: set ${lane.backend.variables.checkout} to the checkout that it was made from`,
    });
  const tree = await observeSource(at.checkout, review.extraFolders);
  if (tree === null)
    return refused({ code: "SOURCE_MISSING", message: "the checkout is no git repository with a commit" });
  const facts = await readSourceFacts(at.checkout);
  const faults = [...dirtyFaults(tree, review), ...licenceFaults(facts, review)];
  const { driver } = bounds;
  const trees = driver === null ? bounds.protectedTrees : [];
  const before = await readProtectedTrees(trees);
  const probe = await startOnce(lane, located.backend, driver, now);
  const runtimeVersion = at.runtime === null ? null : await versionOf(at.runtime, driver);
  const trespassed = changedTrees(before, await readProtectedTrees(trees));
  if (trespassed.length > 0)
    faults.push({
      code: "PROBE_TRESPASSED",
      message: `while the program was started, unconfined, protected trees changed: ${trespassed.join(", ")}`,
    });
  if (probe?.verdict !== "started")
    faults.push({
      code: "SOURCE_UNPROBED",
      message: `the program did not start${driver === null ? "" : " within strict bounds"} (${probe === null ? "not at all" : `exit ${probe.exitCode ?? "by a signal or a limit"}`})`,
    });
  if (faults.length > 0 || probe === null) return refused(...faults);
  const backend = located.backend;
  const collected = await describeSource({ lane, review, now, tree, facts, at, backend, runtimeVersion });
  return {
    ok: true,
    statement: {
      _type: STATEMENT_TYPE,
      subject: [{ name: lane.id, digest: { gitCommit: tree.commit, gitTree: tree.tree } }],
      predicateType: ADMISSION_PREDICATE,
      predicate: { ...collected, startProbe: probe },
    },
  };
}

/** One start of the program; null when it, or the sandbox around it, could not be started. */
async function startOnce(
  lane: Lane,
  backend: LocatedBackend,
  driver: StartBounds["driver"],
  now: Timestamp,
): Promise<Predicate["startProbe"] | null> {
  try {
    return await probeStart(lane, backend, driver, now);
  } catch (error) {
    if (error instanceof BoundsError) return null;
    throw error;
  }
}

/** Nothing may differ from the commit, and nothing lie beside it that the review does not name. */
function dirtyFaults(
  { changed, extra, folders }: SourceTree,
  { extraFiles }: SourceReview,
): AdmissionFault[] {
  const dirty = (path: string, what: string): AdmissionFault => ({
    code: "VENDOR_DIRTY",
    message: `${escapeText(path)} ${what}`,
  });
  return [
    ...changed.map((path) => dirty(path, "is not as in the commit")),
    ...extra
      .filter((path) => !extraFiles.includes(path))
      .map((path) => dirty(path, "is in no commit, and the review does not allow it")),
    ...folders
      .filter(({ files }) => files === 0)
      .map(({ path }) => dirty(path, "is allowed by the review and is not there")),
  ];
}

/** The review may not call absent what is there. */
function licenceFaults({ licenceFiles }: SourceFacts, { licence }: SourceReview): AdmissionFault[] {
  if (licence.verdict !== "none-found" || licenceFiles.length === 0) return [];
  const names = licenceFiles.slice(0, 5).map(escapeText).join(", ");
  return [{ code: "SOURCE_MISSING", message: `the review found no licence, the history has ${names}` }];
}

interface Collected {
  readonly lane: Lane;
  readonly review: SourceReview;
  readonly now: Timestamp;
  readonly tree: SourceTree;
  readonly facts: SourceFacts;
  readonly at: SourcePlaces;
  readonly backend: LocatedBackend;
  readonly runtimeVersion: string | null;
}

type Predicate = SourceAdmission["predicate"];

async function describeSource(of: Collected): Promise<Omit<Predicate, "startProbe">> {
  const { review, now, tree, facts, at, backend, runtimeVersion } = of;
  const { reviewer, licence, knownDefects, dependencies, preparation, upstreamTests } = review;
  return {
    schemaVersion: SCHEMA_VERSION,
    repository: facts.repository ?? "no remote",
    form: "checkout",
    files: tree.files,
    subTrees: tree.subTrees.map(({ path, id }) => ({ path, gitTree: id })),
    prompts: await hashAll(at, review.prompts.toSorted()),
    extraFiles: review.extraFiles.toSorted(),
    extraFolders: tree.folders.map(({ path, files, sha256 }) => ({ path, files, sha256 })),
    lockfiles: await Promise.all(
      review.lockfiles.map(async ({ path, authoritative }) => ({
        path,
        sha256: (await readHashed(join(at.checkout ?? "", path))).sha256,
        authoritative,
      })),
    ),
    dependencies,
    runtime: await describeRuntime(at, runtimeVersion),
    binary: { sha256: backend.sha256, preparation },
    licence,
    signature: facts.signed
      ? {
          state: "unverifiable",
          detail: "signed; the signer's key is not at hand, and no program of the checkout is asked",
        }
      : { state: "unsigned", detail: "the commit carries no signature" },
    knownDefects,
    upstreamTests,
    upstream:
      facts.lag === null
        ? { state: "upstream-unknown" }
        : {
            state: "known",
            commits: facts.lag.commits,
            fetchedAt: new Date(facts.lag.fetchedAtMs).toISOString(),
          },
    reviewer,
    admittedAt: now,
    expiresAt: new Date(Date.parse(now) + review.validDays * DAY_MS).toISOString(),
  };
}

async function hashAll({ checkout }: SourcePlaces, paths: readonly string[]): Promise<Predicate["prompts"]> {
  return Promise.all(
    paths.map(async (path) => ({ path, sha256: (await readHashed(join(checkout ?? "", path))).sha256 })),
  );
}

async function describeRuntime(
  { runtime }: SourcePlaces,
  version: string | null,
): Promise<Predicate["runtime"]> {
  if (runtime === null) return null;
  const { sha256 } = await readHashed(runtime);
  return { version: version ?? "unknown", sha256 };
}
