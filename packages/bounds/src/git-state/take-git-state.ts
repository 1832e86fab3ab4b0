import { hashEntries } from "../snapshot/hash-entries.ts";
import { renderEntry } from "../snapshot/entry-line.ts";
import type { SnapshotEntry } from "../snapshot/snapshot-entry.ts";
import { walkTree, type WalkedEntry } from "../snapshot/walk-tree.ts";

/** State of a git directory outside its object database. */
export interface GitState {
  /** Every non-object file, link or oddity by path below the directory; `.` is the directory itself, absent when missing. */
  readonly entries: readonly SnapshotEntry[];
  /** Number of object files: loose objects, packs and their indexes. */
  readonly objects: number;
}

const MAX_BYTES = 2 ** 30;
const MAX_ENTRIES = 1_000_000;

/**
 * Reads refs, HEAD, configuration, hooks, info, logs and everything else below a `.git` that is not an object, by
 * file walk; no git command runs. A `.git` that is a file, a link or missing is itself a state, never an exception.
 */
export async function takeGitState(gitDir: string): Promise<GitState> {
  let objects = 0;
  function* rest(): Generator<WalkedEntry, void> {
    for (const item of walkTree(gitDir, MAX_ENTRIES, () => false)) {
      const { type, path } = item.entry;
      if (type === "file" && OBJECT.test(path)) objects += 1;
      else if (type !== "dir" || path === ".") yield item;
    }
  }
  const entries: SnapshotEntry[] = [];
  await hashEntries(gitDir, rest(), MAX_BYTES, (entry) => entries.push(entry));
  return { entries, objects };
}

/** Git state as JSON lines: the object count, then one entry per line. */
export function renderGitState(state: GitState): Uint8Array {
  return Buffer.from(
    [`${JSON.stringify({ objects: state.objects })}\n`, ...state.entries.map(renderEntry)].join(""),
  );
}

// objects/info is not among them: alternates live there.
const OBJECT =
  /^objects\/(?:[0-9a-f]{2}\/(?:[0-9a-f]{38}|[0-9a-f]{62})|pack\/(?:pack-[0-9a-f]{40,64}\.(?:pack|idx|rev|bitmap|mtimes|keep)|multi-pack-index))$/u;
