import { escapePath } from "../paths/escaped-path.ts";
import { neverSeen, readEntry } from "./read-entry.ts";
import { runPool } from "./run-pool.ts";
import type { SnapshotEntry } from "./snapshot.ts";

/** Work in flight at once: enough to hide the disk's latency, few enough to leave the machine usable. */
export const IN_FLIGHT = 8;

/** A path found by the walk: its bytes relative to the root (empty for the root) and what lstat said. */
export interface WalkedEntry {
  readonly raw: Buffer;
  readonly entry: SnapshotEntry;
}

/** Lists a whole tree without following links or reading files; past `maxEntries` directories become unreadable. */
export async function walkTree(
  root: string,
  maxEntries: number,
  leaveOut: (raw: Buffer) => boolean,
): Promise<readonly WalkedEntry[]> {
  const found: WalkedEntry[] = [];
  let expected = 1;
  await runPool<Buffer>([Buffer.alloc(0)], IN_FLIGHT, async (raw, add) => {
    const isRoot = raw.length === 0;
    const path = isRoot ? "." : escapePath(raw);
    const seen = await readEntry(fullPath(root, raw), path);
    if (seen === null) {
      // Only the root may be missing; below it, a name that was listed and is gone is a tree still in motion.
      if (!isRoot) found.push({ raw, entry: neverSeen(path) });
      return;
    }
    const below = seen.names.map((name) => join(raw, name)).filter((child) => !leaveOut(child));
    expected += below.length;
    if (expected > maxEntries && below.length > 0) {
      expected -= below.length;
      found.push({ raw, entry: { ...seen.entry, type: "unreadable" } });
      return;
    }
    found.push({ raw, entry: seen.entry });
    for (const child of below) add(child);
  });
  return found.toSorted((a, b) => Buffer.compare(a.raw, b.raw));
}

/** Absolute path of an entry as bytes. */
export function fullPath(root: string, raw: Buffer): Buffer {
  return raw.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), raw]);
}

function join(parent: Buffer, name: Buffer): Buffer {
  return parent.length === 0 ? name : Buffer.concat([parent, Buffer.from("/"), name]);
}
