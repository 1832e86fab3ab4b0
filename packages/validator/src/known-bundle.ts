import { readBundle, type ReadBundleOptions } from "@stage6/evidence-interface/fs";
import {
  BUNDLE_FILES,
  type CheckedBundle,
  type EventType,
  type Sha256,
  type TrialRef,
} from "@stage6/evidence-interface";
import { BundleIdentity, identifyFolder } from "./bundle-identity.ts";

/** A bundle that a whole check found sound, and that is of its plan. */
export interface KnownBundle {
  /** The trial and plan it was checked for, and its bytes. */
  readonly key: string;
  /** Digests of the documents that are judged; that of the manifest is the bundle's own. */
  readonly manifest: Sha256;
  readonly report: Sha256;
  readonly observation: Sha256;
  /** The intent that announced its attempt. */
  readonly intent: { readonly path: string; readonly sha256: Sha256 };
  /** Types of event in its log. */
  readonly eventTypes: readonly EventType[];
}

/** Bundles that a whole check found sound, by key. */
export type Verified = ReadonlyMap<string, KnownBundle>;

/** What a bundle is checked for. */
export interface BundlePlace {
  /** The bundle's folder. */
  readonly folder: string;
  readonly trial: TrialRef;
  readonly planDigest: Sha256;
}

/**
 * The known bundle that a folder still holds: every byte is as it was. Null when it has to be checked. Times and inodes say
 * nothing here: a page that is written through a mapping may move neither.
 */
export function recallBundle(place: BundlePlace, verified: Verified): KnownBundle | null {
  const identity = identifyFolder(place.folder);
  return identity === null ? null : (verified.get(placed(place, identity)) ?? null);
}

/** A bundle checked as a whole, and what it is known by if it is sound. */
export interface LearntBundle {
  readonly bundle: CheckedBundle;
  readonly known: Omit<KnownBundle, "intent"> | null;
}

/**
 * Checks a bundle as a whole. Its key is made from the very bytes that were checked, so that nothing that is written
 * meanwhile can go by it.
 */
export async function learnBundle(place: BundlePlace, options: ReadBundleOptions): Promise<LearntBundle> {
  const identity = new BundleIdentity();
  const bundle = await readBundle(place.folder, {
    ...options,
    onBytes: (path, chunk) => identity.add(path, chunk),
  });
  const { digest, manifest, eventTypes, state, findings } = bundle;
  const digestOf = (file: string): Sha256 | undefined =>
    manifest?.files.find(({ path }) => path === file)?.sha256;
  const documents = {
    report: digestOf(BUNDLE_FILES.report),
    observation: digestOf(BUNDLE_FILES.observation),
  };
  const isSound = state === "complete" && findings.length === 0;
  if (!isSound || digest === null || !isWhole(documents)) return { bundle, known: null };
  const known = {
    key: placed(place, identity.end()),
    manifest: digest,
    ...documents,
    eventTypes,
  };
  return { bundle, known };
}

function isWhole(digests: {
  readonly report: Sha256 | undefined;
  readonly observation: Sha256 | undefined;
}): digests is Pick<KnownBundle, "report" | "observation"> {
  return digests.report !== undefined && digests.observation !== undefined;
}

function placed({ trial, planDigest }: BundlePlace, by: string): string {
  const { planId, lane, fixture, number } = trial;
  return `${planId}/${lane}/${fixture}/${number} ${planDigest} ${by}`;
}
