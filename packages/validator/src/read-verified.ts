import {
  BUNDLE_FILES,
  checkDocument,
  Manifest,
  Observation,
  parseStrictBytes,
  Report,
  sha256,
  type CheckedBundle,
  type EventType,
  type TrialRef,
} from "@stage6/evidence-interface";
import { readBundle, type ReadBundleOptions } from "@stage6/evidence-interface/fs";
import type { Static, TSchema } from "typebox";
import { BundleIdentity, identifyFolder, type IdentifiedFolder } from "./bundle-identity.ts";

/** Bundles that a whole check found sound, by {@link verifiedKey}: the types of event in their logs. */
export type Verified = ReadonlyMap<string, readonly EventType[]>;

/** A bundle as it was read: checked as a whole, or known by its bytes from an earlier check. */
export interface VerifiedBundle {
  readonly bundle: CheckedBundle;
  /** Whether it was known; then nothing but its bytes was looked at. */
  readonly known: boolean;
  /** Key under which it may be known from now on; null when it is not sound. */
  readonly key: string | null;
}

const DOCUMENTS: readonly string[] = [BUNDLE_FILES.report, BUNDLE_FILES.observation, BUNDLE_FILES.manifest];

/** What a verified bundle is known by: the trial it was checked to be, and its bytes. */
function verifiedKey(trial: TrialRef | null, identity: string): string {
  const place = trial === null ? "" : `${trial.planId}/${trial.lane}/${trial.fixture}/${trial.number}`;
  return `${place} ${identity}`;
}

/**
 * Reads a bundle. One whose every byte is as it was when it was found sound is taken from those bytes; any other is
 * checked as a whole, and its key is made from the very bytes that were checked, so that nothing can change in between.
 */
export async function readVerified(
  folder: string,
  options: ReadBundleOptions,
  verified: Verified,
): Promise<VerifiedBundle> {
  const trial = options.expected ?? null;
  if (verified.size > 0) {
    const found = identifyFolder(folder, DOCUMENTS);
    const key = found === null ? "" : verifiedKey(trial, found.identity);
    const types = verified.get(key);
    const bundle = found === null || types === undefined ? null : fromBytes(found, types);
    if (bundle !== null) return { bundle, known: true, key };
  }
  const identity = new BundleIdentity();
  const bundle = await readBundle(folder, {
    ...options,
    onBytes: (path, chunk) => identity.add(path, chunk),
  });
  const sound = bundle.state === "complete" && bundle.findings.length === 0;
  return { bundle, known: false, key: sound ? verifiedKey(trial, identity.end()) : null };
}

/** The documents of a bundle that was found sound before; null when they do not read, which a sound bundle's do. */
function fromBytes({ documents }: IdentifiedFolder, eventTypes: readonly EventType[]): CheckedBundle | null {
  const report = document(documents, BUNDLE_FILES.report, Report);
  const observation = document(documents, BUNDLE_FILES.observation, Observation);
  const manifest = document(documents, BUNDLE_FILES.manifest, Manifest);
  const bytes = documents.get(BUNDLE_FILES.manifest);
  if (report === null || observation === null || manifest === null || bytes === undefined) return null;
  return {
    findings: [],
    report,
    observation,
    manifest,
    eventTypes,
    digest: sha256(bytes),
    state: "complete",
    withheld: [],
  };
}

function document<T extends TSchema>(
  documents: ReadonlyMap<string, Uint8Array>,
  path: string,
  schema: T,
): Static<T> | null {
  const bytes = documents.get(path);
  const json = bytes === undefined ? null : parseStrictBytes(bytes);
  return json?.ok === true ? checkDocument(schema, json.value, path).value : null;
}
