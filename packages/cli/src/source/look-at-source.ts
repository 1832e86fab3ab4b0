import { stat } from "node:fs/promises";
import { join } from "node:path";
import { observeSource } from "@stage6/bounds";
import type { SourceObservation } from "@stage6/eligibility";
import { SCHEMA_VERSION, type Timestamp, type TrialRef } from "@stage6/evidence-interface";
import { readHashed } from "@stage6/evidence-interface/fs";
import type { BackendSource, Lane } from "@stage6/lane-contract";
import { locateBackend, type BackendPlaces } from "@stage6/runner";

/** Lock files of the package managers that a checkout may have been prepared with. */
const LOCK_FILES = ["bun.lock", "bun.lockb", "package-lock.json", "pnpm-lock.yaml", "yarn.lock"] as const;
/** Most paths that a look lists of one kind; that there are more changes no verdict. */
const MAX_PATHS = 10_000;

/** Moment of a look, and the trial that it surrounds. */
export interface LookMoment {
  readonly moment: SourceObservation["moment"];
  readonly trial: TrialRef | null;
  readonly observedAt: Timestamp;
}

/** Where the reviewed source of a lane lies, as far as the operator said. */
export interface SourcePlaces {
  /** Absolute path of the checkout; null when only a program was named. */
  readonly checkout: string | null;
  /** Absolute path of the runtime; null without one. */
  readonly runtime: string | null;
  /** Folders of the checkout that no commit has and that are looked at as one: dependencies, build output. */
  readonly folders: readonly string[];
}

/** Finds the checkout and the runtime of a provided backend: by configuration or environment, never by searching. */
export async function sourcePlaces(
  source: Extract<BackendSource, { kind: "provided" }>,
  places: BackendPlaces,
): Promise<SourcePlaces> {
  const named = (name: string): string | null => places.env?.[name] || null;
  const configured =
    places.configured !== null && (await isFolder(places.configured)) ? places.configured : null;
  return {
    checkout: configured ?? named(source.variables.checkout),
    runtime: named(source.variables.runtime),
    folders: source.checkout.notSource.filter((name) => name !== ".git"),
  };
}

/**
 * Looks at the source of a lane's backend: the program that would be started, and where there is a checkout, every file
 * of it. Starts nothing; what cannot be read is null, which no admission accepts.
 */
export async function lookAtSource(
  lane: Lane,
  places: BackendPlaces,
  { moment, trial, observedAt }: LookMoment,
): Promise<SourceObservation> {
  const located = await locateBackend(lane, places);
  const at = lane.backend.kind === "provided" ? await sourcePlaces(lane.backend, places) : null;
  const checkout = at?.checkout ?? null;
  const tree = checkout === null ? null : await observeSource(checkout, at?.folders ?? []).catch(() => null);
  return {
    schemaVersion: SCHEMA_VERSION,
    moment,
    trial,
    observedAt,
    gitCommit: tree?.commit ?? null,
    gitTree: tree?.tree ?? null,
    changed: (tree?.changed ?? []).slice(0, MAX_PATHS),
    extra: (tree?.extra ?? []).slice(0, MAX_PATHS),
    folders: (tree?.folders ?? []).filter(({ files }) => files > 0),
    binarySha256: located.ok ? located.backend.sha256 : null,
    lockfiles: checkout === null ? [] : await hashLockFiles(checkout),
    runtimeSha256: at === null || at.runtime === null ? null : await digestOf(at.runtime),
  };
}

async function hashLockFiles(checkout: string): Promise<SourceObservation["lockfiles"]> {
  const found = await Promise.all(
    LOCK_FILES.map(async (path) => ({ path, sha256: await digestOf(join(checkout, path)) })),
  );
  return found.flatMap(({ path, sha256 }) => (sha256 === null ? [] : [{ path, sha256 }]));
}

async function digestOf(path: string): Promise<string | null> {
  return readHashed(path).then(
    ({ sha256 }) => sha256,
    () => null,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
