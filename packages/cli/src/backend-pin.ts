import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, sha256 } from "@stage6/evidence-interface";
import { BUILT_IN_BACKENDS } from "./tool.ts";

/** A backend that this version of stage6 can install: an npm manifest with exact versions, and its integrity lock. */
export interface BackendPin {
  readonly name: string;
  readonly manifest: Buffer;
  readonly lock: Buffer;
  /** First 12 hex digits of the lock's SHA-256: a new lock is a new folder. */
  readonly lockId: string;
}

/** Names of the pinned backends, sorted. */
export async function listPins(): Promise<string[]> {
  const entries = await readdir(BUILT_IN_BACKENDS, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** Reads a pinned backend; null for a name that is not pinned. */
export async function readPin(name: string): Promise<BackendPin | null> {
  if (!(await listPins()).includes(name)) return null;
  const [manifest, lock] = await Promise.all(
    ["manifest.json", "lock.json"].map((file) => readFile(join(BUILT_IN_BACKENDS, name, file))),
  );
  if (manifest === undefined || lock === undefined) return null;
  return { name, manifest, lock, lockId: digestHex(sha256(lock)).slice(0, 12) };
}

/** Where a pinned backend's own folder is or will be: `<backends>/<lock id>/<name>`. */
export function pinFolder(backends: string, pin: BackendPin): string {
  return join(backends, pin.lockId, pin.name);
}
