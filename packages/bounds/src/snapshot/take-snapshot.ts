import { hashEntries } from "./hash-entries.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { SnapshotWriter, type Snapshot } from "./snapshot.ts";
import { TreeDigest, type TreeState } from "./tree-digest.ts";
import { walkTree } from "./walk-tree.ts";

/** What {@link takeSnapshot} and {@link digestTree} leave out and where they stop. */
export interface SnapshotOptions {
  /** Leave out `.git` at the root, which `takeGitState` covers. Default true; say false for protected trees. */
  readonly skipGit?: boolean;
  /** Names at the root that are left out, because another walk covers them. */
  readonly leaveOut?: readonly string[];
  /** Bytes read in total; files past it are `unreadable`. Default 16 GiB. */
  readonly maxBytes?: number;
  /** Entries listed in total; directories past it are `unreadable`. Default 1 000 000. */
  readonly maxEntries?: number;
}

const GIT = Buffer.from(".git");

/**
 * Walks a tree with lstat and SHA-256, by raw byte paths and without following links. What cannot be read whole is
 * an entry of type `unreadable`, never an exception; a root that does not exist gives no entries. Memory does not grow
 * with the tree; the snapshot of a large one holds a file until it is closed.
 */
export async function takeSnapshot(root: string, options: SnapshotOptions = {}): Promise<Snapshot> {
  const writer = new SnapshotWriter();
  await look(root, options, (entry, raw) => writer.add(entry, raw));
  return writer.end();
}

/** The same walk for one who only asks whether a tree is as it was: nothing is kept but its state. */
export async function digestTree(root: string, options: SnapshotOptions = {}): Promise<TreeState> {
  const state = new TreeDigest();
  await look(root, options, (entry) => state.add(entry));
  return state.end();
}

async function look(
  root: string,
  options: SnapshotOptions,
  take: (entry: SnapshotEntry, raw: Buffer) => void,
): Promise<void> {
  const { skipGit = true, leaveOut = [], maxBytes = 16 * 2 ** 30, maxEntries = 1_000_000 } = options;
  const names = [...(skipGit ? [GIT] : []), ...leaveOut.map((name) => Buffer.from(name))];
  const walked = walkTree(root, maxEntries, (raw) => names.some((name) => raw.equals(name)));
  await hashEntries(root, walked, maxBytes, take);
}
