import { escapePath } from "../paths/escaped-path.ts";
import { neverSeen, readEntry } from "./read-entry.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { Turn } from "./turn.ts";

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
  const turn = new Turn();
  const waiting: Buffer[] = [Buffer.alloc(0)];
  let expected = 1;
  for (let raw = waiting.pop(); raw !== undefined; raw = waiting.pop()) {
    if (turn.isOver) await turn.pass();
    const isRoot = raw.length === 0;
    const path = isRoot ? "." : escapePath(raw);
    const seen = readEntry(fullPath(root, raw), path);
    if (seen === null) {
      // Only the root may be missing; below it, a name that was listed and is gone is a tree still in motion.
      if (!isRoot) found.push({ raw, entry: neverSeen(path) });
      continue;
    }
    const below: Buffer[] = [];
    for (const name of seen.names) {
      const child = join(raw, name);
      if (!leaveOut(child)) below.push(child);
    }
    expected += below.length;
    if (expected > maxEntries && below.length > 0) {
      expected -= below.length;
      found.push({ raw, entry: { ...seen.entry, type: "unreadable" } });
      continue;
    }
    found.push({ raw, entry: seen.entry });
    for (const child of below) waiting.push(child);
  }
  return found.sort((a, b) => Buffer.compare(a.raw, b.raw));
}

/** Absolute path of an entry as bytes. */
export function fullPath(root: string, raw: Buffer): Buffer {
  return raw.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), raw]);
}

function join(parent: Buffer, name: Buffer): Buffer {
  return parent.length === 0 ? name : Buffer.concat([parent, Buffer.from("/"), name]);
}
