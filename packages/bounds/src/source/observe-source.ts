import { createHash } from "node:crypto";
import { escapePath } from "../paths/escaped-path.ts";
import { hashEntries } from "../snapshot/hash-entries.ts";
import type { SnapshotEntry } from "../snapshot/snapshot-entry.ts";
import { Turn } from "../snapshot/turn.ts";
import { fullPath, walkTree, type WalkedEntry } from "../snapshot/walk-tree.ts";
import { blobId, type StoredFile } from "./blob-id.ts";
import { gitTreeId, type GitObjectFormat } from "./git-object-id.ts";
import { readCommit, type CheckedOutCommit, type CommittedFile } from "./read-commit.ts";
import { runPool } from "./run-pool.ts";

const MAX_ENTRIES = 1_000_000;
/** Files read at the same time. */
const IN_FLIGHT = 8;
const MAX_BYTES = 16 * 2 ** 30;
const GIT = Buffer.from(".git");

/** A folder that no commit has, such as installed dependencies, as one digest. */
export interface ExtraFolder {
  /** Path below the checkout, escaped. */
  readonly path: string;
  /** Files, links and oddities below it. */
  readonly files: number;
  /** `sha256:<hex>` over the lines `<type> <mode> <digest or target> <path>\n`, sorted by path. */
  readonly sha256: string;
}

/** A checkout as it lies on disk, held against its HEAD. */
export interface SourceTree {
  /** HEAD. */
  readonly commit: string;
  /** Root tree id recomputed from the files on disk: equals the commit's tree exactly when nothing differs. */
  readonly tree: string;
  /** The commit's files: how many, and `sha256:<hex>` over `<mode> <blob id> <path>\n` as they lie on disk, by path. */
  readonly files: { readonly count: number; readonly listSha256: string };
  /** Tree ids of the folders at the root, recomputed, by path. */
  readonly subTrees: readonly { readonly path: string; readonly id: string }[];
  /** Escaped paths of the commit's files that differ on disk or are gone, sorted. */
  readonly changed: readonly string[];
  /** Escaped paths on disk that the commit does not have and no folder of `folders` covers, sorted. */
  readonly extra: readonly string[];
  /** The folders that were asked for, also when they are missing (no files). */
  readonly folders: readonly ExtraFolder[];
}

/**
 * Looks at a checkout without its index: every file of HEAD is hashed again as git hashes it, and everything else is
 * listed. A file hidden by skip-worktree, assume-unchanged or an ignore rule is seen like any other. Submodules count as
 * changed, since nothing here can vouch for them. Null when the folder is no checkout.
 */
export async function observeSource(
  checkout: string,
  folders: readonly string[] = [],
): Promise<SourceTree | null> {
  const head = await readCommit(checkout);
  if (head === null) return null;
  const walked: WalkedEntry[] = [];
  const turn = new Turn();
  for (const item of walkTree(checkout, MAX_ENTRIES, (raw) => raw.equals(GIT))) {
    if (item.entry.type !== "dir") walked.push(item);
    if (turn.isOver) await turn.pass();
  }
  const onDisk = new Map(walked.map((item) => [key(item.raw), item]));
  const stored = await storedFiles(checkout, head, onDisk);
  const committed = new Set(head.files.map(({ raw }) => key(raw)));
  const beside = walked.filter(({ raw }) => !committed.has(key(raw)));
  const covered = (path: string): boolean => folders.some((folder) => path.startsWith(`${folder}/`));
  const roots = foldersOf(head.format, [...stored.values()]);
  return {
    commit: head.commit,
    tree: roots.id,
    files: listFiles([...stored.values()]),
    subTrees: roots.folders,
    changed: head.files
      .filter((file) => !isAsCommitted(file, stored.get(key(file.raw))))
      .map(({ raw }) => escapePath(raw))
      .toSorted(),
    extra: beside
      .map(({ entry }) => entry.path)
      .filter((path) => !covered(path))
      .toSorted(),
    folders: await Promise.all(folders.map((folder) => digestFolder(checkout, folder, beside))),
  };
}

interface DiskFile extends StoredFile {
  readonly raw: Buffer;
}

const key = (raw: Buffer): string => raw.toString("latin1");

const isAsCommitted = (file: CommittedFile, seen: DiskFile | undefined): boolean =>
  seen !== undefined && seen.mode === file.mode && seen.id === file.id;

/** The commit's files that are on disk as files or links, hashed as git does. */
async function storedFiles(
  checkout: string,
  { files, format }: CheckedOutCommit,
  onDisk: ReadonlyMap<string, WalkedEntry>,
): Promise<ReadonlyMap<string, DiskFile>> {
  const stored = new Map<string, DiskFile>();
  await runPool(files, IN_FLIGHT, async ({ raw }) => {
    const seen = onDisk.get(key(raw));
    const file = seen === undefined ? null : await blobId(fullPath(checkout, raw), seen.entry, format);
    if (file !== null) stored.set(key(raw), { ...file, raw });
  });
  return stored;
}

/** Root tree id and the ids of the folders at the root, built from files alone. */
function foldersOf(
  format: GitObjectFormat,
  files: readonly DiskFile[],
): { readonly id: string; readonly folders: readonly { readonly path: string; readonly id: string }[] } {
  const below = new Map<string, DiskFile[]>();
  const entries: { mode: string; name: Buffer; id: string }[] = [];
  for (const file of files) {
    const slash = file.raw.indexOf(47);
    if (slash === -1) entries.push({ mode: file.mode, name: file.raw, id: file.id });
    else {
      const name = key(file.raw.subarray(0, slash));
      const list = below.get(name) ?? [];
      list.push({ ...file, raw: file.raw.subarray(slash + 1) });
      below.set(name, list);
    }
  }
  const folders = [...below].map(([name, inside]) => {
    const raw = Buffer.from(name, "latin1");
    return { raw, id: foldersOf(format, inside).id };
  });
  for (const { raw, id } of folders) entries.push({ mode: "40000", name: raw, id });
  return {
    id: gitTreeId(format, entries),
    folders: folders
      .map(({ raw, id }) => ({ path: escapePath(raw), id }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function listFiles(files: readonly DiskFile[]): SourceTree["files"] {
  const sorted = files.toSorted((a, b) => Buffer.compare(a.raw, b.raw));
  return {
    count: files.length,
    listSha256: digestLines(sorted.map(({ mode, id, raw }) => `${mode} ${id} ${escapePath(raw)}\n`)),
  };
}

async function digestFolder(
  checkout: string,
  path: string,
  beside: readonly WalkedEntry[],
): Promise<ExtraFolder> {
  const inside = beside.filter(({ entry }) => entry.path.startsWith(`${path}/`));
  const lines: string[] = [];
  await hashEntries(checkout, inside, MAX_BYTES, (entry) => lines.push(entryLine(entry)));
  return { path, files: lines.length, sha256: digestLines(lines) };
}

/** Content, kind and mode; not inode or times, which differ between two equal installations. */
const entryLine = ({ type, mode, sha256, target, path }: SnapshotEntry): string =>
  `${type} ${(mode & 0o7777).toString(8)} ${sha256 ?? target ?? "-"} ${path}\n`;

function digestLines(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line);
  return `sha256:${hash.digest("hex")}`;
}
