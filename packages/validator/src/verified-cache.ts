import { createHash, randomUUID } from "node:crypto";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  checkDocument,
  EVENT_TYPES,
  oneOf,
  parseStrictBytes,
  writeStrictBytes,
  type EventType,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { readSmallFile } from "@stage6/evidence-interface/fs";
import Type from "typebox";
import type { Verified } from "./read-verified.ts";
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
          eventTypes: Type.Array(oneOf(EVENT_TYPES, "Type of event."), { maxItems: 64 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: MAX_ENTRIES },
    ),
  },
  { additionalProperties: false },
);

/** Which bundles a whole check found sound, on this machine, by this very build, under these very keys. */
export interface VerifiedCache {
  readonly known: Verified;
  readonly note: (key: string, eventTypes: readonly EventType[]) => void;
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
  const known = await readKnown(file, tool, keys);
  const noted = new Map<string, readonly EventType[]>();
  return {
    known,
    note: (key, eventTypes) => void noted.set(key, eventTypes),
    save: async () => {
      const fresh = [...noted.keys()].some((key) => !known.has(key));
      if (!fresh) return;
      const all = [...noted, ...[...known].filter(([key]) => !noted.has(key))].slice(0, MAX_ENTRIES);
      const bundles = all.map(([key, eventTypes]) => ({ key, eventTypes: [...eventTypes] }));
      await write(folder, file, writeStrictBytes({ tool, keys, bundles }));
    },
  };
}

async function readKnown(file: string, tool: string, keys: string): Promise<Verified> {
  try {
    const stat = await lstat(file);
    const own = process.getuid === undefined || stat.uid === process.getuid();
    if (!stat.isFile() || !own || (stat.mode & OTHERS_WRITE) !== 0) return new Map();
    const bytes = await readSmallFile(file, MAX_BYTES);
    const json = bytes === null ? null : parseStrictBytes(bytes, MAX_BYTES);
    const value = json?.ok === true ? checkDocument(CacheFile, json.value, "cache").value : null;
    if (value === null || value.tool !== tool || value.keys !== keys) return new Map();
    return new Map(value.bundles.map(({ key, eventTypes }) => [key, eventTypes]));
  } catch {
    return new Map();
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
