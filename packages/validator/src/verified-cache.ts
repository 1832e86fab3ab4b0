import { createHash, randomUUID } from "node:crypto";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { compare, Comparison, type CompareInput, type TrialInput } from "@stage6/comparator";
import {
  checkDocument,
  EVENT_TYPES,
  oneOf,
  parseStrictBytes,
  Sha256,
  writeStrictBytes,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { readSmallFile } from "@stage6/evidence-interface/fs";
import Type, { type Static } from "typebox";
import type { KnownBundle, Verified } from "./known-bundle.ts";
import { toolIdentity } from "./tool-identity.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ENTRIES = 100_000;
/** Bits of a file's mode that let anyone but its owner write to it. */
const OTHERS_WRITE = 0o022;

const Hex = Type.String({ pattern: "^[0-9a-f]{128}$" });
const CacheFile = Type.Object(
  {
    tool: Hex,
    keys: Hex,
    bundles: Type.Array(
      Type.Object(
        {
          key: Type.String({ maxLength: 1024 }),
          manifest: Sha256,
          report: Sha256,
          observation: Sha256,
          intent: Type.Object(
            { path: Type.String({ maxLength: 1024 }), sha256: Sha256 },
            { additionalProperties: false },
          ),
          eventTypes: Type.Array(oneOf(EVENT_TYPES, "Type of event."), { maxItems: 64 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: MAX_ENTRIES },
    ),
    comparison: Type.Union([
      Type.Object({ key: Hex, document: Comparison }, { additionalProperties: false }),
      Type.Null(),
    ]),
  },
  { additionalProperties: false },
);

/** Which bundles a whole check found sound, and what they compared to, on this machine, by this very build, under these very keys. */
export interface VerifiedCache {
  readonly known: Verified;
  readonly note: (bundle: KnownBundle) => void;
  /** The comparison of documents whose digests gave it before, or else made now. */
  readonly compare: (input: CompareInput) => Comparison;
  /** Writes what was noted; what cannot be written is found again the next time. */
  readonly save: () => Promise<void>;
}

/**
 * Opens the cache in a folder outside the evidence. It saves work and proves nothing: whoever can write to it can claim
 * that a bundle was checked, so that nothing which records may use it. A file that is damaged, of another build or of
 * other keys, or that others may write to, is as good as none.
 */
export async function openVerifiedCache(folder: string, trusted: TrustedKeys): Promise<VerifiedCache | null> {
  const tool = toolIdentity();
  if (tool === null) return null;
  const keys = createHash("blake2b512")
    .update([...trusted.keys()].toSorted().join("\n"))
    .digest("hex");
  const file = join(folder, `${tool.slice(0, 32)}-${keys.slice(0, 32)}.json`);
  const { bundles: before, comparison: last } = await readKnown(file, tool, keys);
  const noted = new Map<string, KnownBundle>();
  let comparison = last;
  return {
    known: new Map(before.map((one) => [one.key, one])),
    note: (bundle) => void noted.set(bundle.key, bundle),
    compare: (input) => {
      const key = comparisonKey(input);
      if (key === null) return compare(input);
      if (comparison?.key !== key) comparison = { key, document: compare(input) };
      return comparison.document;
    },
    save: async () => {
      const kept = new Set(before.map(({ key }) => key));
      const fresh = [...noted.keys()].some((key) => !kept.has(key));
      if (!fresh && comparison === last) return;
      const all = [...noted.values(), ...before.filter(({ key }) => !noted.has(key))].slice(0, MAX_ENTRIES);
      const bundles = all.map((one) => ({ ...one, eventTypes: [...one.eventTypes] }));
      await write(folder, file, writeStrictBytes({ tool, keys, bundles, comparison }));
    },
  };
}

/**
 * Everything that a comparison depends on, as one digest; null when a trial has findings or is none of the plan's, since
 * those stand in no digest.
 */
function comparisonKey(input: CompareInput): string | null {
  const { planDigest, policyDigest, harness, trials, now, applicability = [], earlier = [] } = input;
  const plans = [{ digest: planDigest, trials }, ...earlier];
  const all = plans.flatMap((plan) => plan.trials);
  const isPlain = ({ state, findings }: TrialInput): boolean =>
    findings.length === 0 && (state === "present" || state === "missing");
  if (now !== undefined || !all.every(isPlain)) return null;
  const parts = {
    policyDigest,
    harness,
    applicability,
    plans: plans.map((plan) => [
      plan.digest,
      plan.trials.map(({ lane, fixture, number, bundleDigest }) => [lane, fixture, number, bundleDigest]),
    ]),
  };
  return createHash("blake2b512").update(JSON.stringify(parts)).digest("hex");
}

async function readKnown(
  file: string,
  tool: string,
  keys: string,
): Promise<Pick<Static<typeof CacheFile>, "bundles" | "comparison">> {
  const nothing = { bundles: [], comparison: null };
  try {
    const stat = await lstat(file);
    const own = process.getuid === undefined || stat.uid === process.getuid();
    if (!stat.isFile() || !own || (stat.mode & OTHERS_WRITE) !== 0) return nothing;
    const bytes = await readSmallFile(file, MAX_BYTES);
    const json = bytes === null ? null : parseStrictBytes(bytes, MAX_BYTES);
    const value = json?.ok === true ? checkDocument(CacheFile, json.value, "cache").value : null;
    if (value === null || value.tool !== tool || value.keys !== keys) return nothing;
    return value;
  } catch {
    return nothing;
  }
}

async function write(folder: string, file: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.writing-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
