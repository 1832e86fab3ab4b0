import { escapePath } from "../paths/escaped-path.ts";
import { neverSeen, readEntry } from "./read-entry.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";

/** A path found by the walk: its bytes relative to the root (empty for the root) and what lstat said. */
export interface WalkedEntry {
  readonly raw: Buffer;
  readonly entry: SnapshotEntry;
}

/** A directory with names not yet looked at, and directories among them that come up later. */
interface Folder {
  readonly raw: Buffer;
  readonly names: readonly Buffer[];
  next: number;
  /** Found and not yet entered; the last is the first in order, since its name begins with the names before it. */
  readonly waiting: { readonly name: Buffer; readonly folder: Folder }[];
}

const SLASH = 0x2f;

/**
 * Walks a whole tree without following links or reading files, in the order of the bytes of its paths with the root
 * first; past `maxEntries` directories become unreadable. It holds the names of the directories on its way and nothing
 * else of the tree.
 */
export function* walkTree(
  root: string,
  maxEntries: number,
  leaveOut: (raw: Buffer) => boolean,
): Generator<WalkedEntry, void> {
  let expected = 1;
  const look = (raw: Buffer): { readonly walked: WalkedEntry; readonly folder: Folder | null } | null => {
    const isRoot = raw.length === 0;
    const path = isRoot ? "." : escapePath(raw);
    const seen = readEntry(fullPath(root, raw), path);
    // Only the root may be missing; below it, a name that was listed and is gone is a tree still in motion.
    if (seen === null) return isRoot ? null : { walked: { raw, entry: neverSeen(path) }, folder: null };
    const names = seen.names.filter((name) => !leaveOut(join(raw, name)));
    if (names.length === 0) return { walked: { raw, entry: seen.entry }, folder: null };
    if (expected + names.length > maxEntries)
      return { walked: { raw, entry: { ...seen.entry, type: "unreadable" } }, folder: null };
    expected += names.length;
    const folder = { raw, names: names.sort((a, b) => Buffer.compare(a, b)), next: 0, waiting: [] };
    return { walked: { raw, entry: seen.entry }, folder };
  };
  const top = look(Buffer.alloc(0));
  if (top === null) return;
  yield top.walked;
  const open: Folder[] = top.folder === null ? [] : [top.folder];
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const name = at.names[at.next];
    const first = at.waiting.at(-1);
    if (first !== undefined && (name === undefined || !comesBefore(name, first.name))) {
      at.waiting.pop();
      open.push(first.folder);
    } else if (name === undefined) {
      open.pop();
    } else {
      at.next += 1;
      const found = look(join(at.raw, name));
      if (found === null) continue;
      yield found.walked;
      if (found.folder !== null) at.waiting.push({ name, folder: found.folder });
    }
  }
}

/** Absolute path of an entry as bytes. */
export function fullPath(root: string, raw: Buffer): Buffer {
  return raw.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), raw]);
}

/** Whether a later name of the same listing comes before what lies below `folder`: only one such as `a-b` beside `a/`. */
function comesBefore(name: Buffer, folder: Buffer): boolean {
  const next = name[folder.length];
  return next !== undefined && next < SLASH && name.subarray(0, folder.length).equals(folder);
}

function join(parent: Buffer, name: Buffer): Buffer {
  return parent.length === 0 ? name : Buffer.concat([parent, Buffer.from("/"), name]);
}
