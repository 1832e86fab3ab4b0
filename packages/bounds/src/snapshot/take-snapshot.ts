import { hashEntries } from "./hash-entries.ts";
import type { Snapshot } from "./snapshot.ts";
import { walkTree } from "./walk-tree.ts";

/** What {@link takeSnapshot} leaves out and where it stops. */
export interface SnapshotOptions {
  /** Leave out `.git` at the root, which `takeGitState` covers. Default true; say false for protected trees. */
  readonly skipGit?: boolean;
  /** Names at the root that are left out, because another walk covers them. */
  readonly leaveOut?: readonly string[];
  /** Bytes read in total; files past it are `unreadable`. Default 16 GiB. */
  readonly maxBytes?: number;
  /** Entries listed in total; directories past it are `unreadable`. Default 1 000 000. */
  readonly maxEntries?: number;
  /** An earlier look at the same tree: entries that are equal in every field are its own, so that a second look costs no second copy. Decides nothing: every file is read again. */
  readonly like?: Snapshot;
}

const GIT = Buffer.from(".git");

/**
 * Walks a tree with lstat and SHA-256, by raw byte paths and without following links. What cannot be read whole is
 * an entry of type `unreadable`, never an exception; a root that does not exist gives no entries.
 */
export async function takeSnapshot(root: string, options: SnapshotOptions = {}): Promise<Snapshot> {
  const { skipGit = true, leaveOut = [], maxBytes = 16 * 2 ** 30, maxEntries = 1_000_000 } = options;
  const names = [...(skipGit ? [GIT] : []), ...leaveOut.map((name) => Buffer.from(name))];
  const walked = await walkTree(root, maxEntries, (raw) => names.some((name) => raw.equals(name)));
  return { entries: await hashEntries(root, walked, maxBytes, options.like?.entries) };
}
