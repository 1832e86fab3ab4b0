import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hardenedGitEnv, runTool, type Snapshot } from "@stage6/bounds";
import type { Change } from "@stage6/evidence-interface";
import { HeldFolder, UnsafeFileError } from "@stage6/evidence-interface/fs";
import { RunnerError } from "./runner-error.ts";
import { runGit } from "./workspace.ts";

/** What a patch is made from. */
export interface PatchInput {
  readonly bundle: string;
  readonly baseCommit: string;
  readonly workspace: string;
  /** User ids whose files are taken. */
  readonly owners: readonly number[];
  readonly changes: readonly Change[];
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Empty folder of the patch's own. */
  readonly folder: string;
}

const MAX_PATCH_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 2000;
/** Most bytes of the final tree that are copied for the diff. */
const MAX_COPIED_BYTES = 256 * 1024 * 1024;

/**
 * Unified diff of the changed regular files, for people to read. Both sides are copied out of the trial first and
 * compared outside any repository, so that no configuration of the agent's is ever read. Changes of other kinds are
 * in the snapshots.
 */
export async function makePatch(input: PatchInput): Promise<Uint8Array> {
  const changed = input.changes
    .filter((change) => change.kind !== "touched" && !change.path.includes("\\"))
    .slice(0, MAX_FILES);
  if (changed.length === 0) return new Uint8Array();
  const base = join(input.folder, "base.git");
  await runGit(
    ["clone", "--quiet", "--bare", "--no-hardlinks", "--template=", input.bundle, base],
    input.folder,
  );
  const isFile = (snapshot: Snapshot, path: string): boolean => snapshot.get(path)?.type === "file";
  await mkdir(join(input.folder, "a"));
  await mkdir(join(input.folder, "b"));
  const workspace = HeldFolder.open(input.workspace, { owners: input.owners });
  let left = MAX_COPIED_BYTES;
  try {
    for (const { path } of changed) {
      if (isFile(input.before, path))
        await put(join(input.folder, "a", path), await blob(base, input.baseCommit, path));
      if (!isFile(input.after, path)) continue;
      const bytes = finalBytes(workspace, path, Math.min(left, MAX_PATCH_BYTES));
      left -= bytes.length;
      await put(join(input.folder, "b", path), bytes);
    }
  } finally {
    workspace.close();
  }
  // Without prefixes: the two folders are named as the prefixes would be.
  const diff = await runTool(
    [
      "git",
      "diff",
      "--no-index",
      "--no-color",
      "--no-prefix",
      "--no-ext-diff",
      "--no-textconv",
      "--binary",
      "a",
      "b",
    ],
    {
      cwd: input.folder,
      env: { ...hardenedGitEnv(), GIT_CEILING_DIRECTORIES: input.folder, GIT_DIR: "/nonexistent" },
      timeoutMs: 60_000,
      maxBytes: MAX_PATCH_BYTES,
    },
  );
  // 0: no difference, 1: differences; a diff cut at its limit was ended by a signal.
  if (diff.exitCode !== 0 && diff.exitCode !== 1 && !diff.truncated)
    throw new RunnerError("GIT_FAILED", `git diff failed: ${diff.stderr.toString().slice(-200)}`);
  return diff.stdout;
}

async function blob(gitDir: string, commit: string, path: string): Promise<Uint8Array> {
  const result = await runTool(["git", "--git-dir", gitDir, "cat-file", "blob", `${commit}:${path}`], {
    cwd: gitDir,
    env: hardenedGitEnv(),
    timeoutMs: 60_000,
    maxBytes: MAX_PATCH_BYTES,
  });
  return result.stdout;
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** What a file holds now, or why that cannot be shown. */
function finalBytes(workspace: HeldFolder, path: string, maxBytes: number): Uint8Array {
  try {
    return workspace.read(path, { maxBytes, maxLinks: Number.MAX_SAFE_INTEGER });
  } catch (error) {
    if (!(error instanceof UnsafeFileError)) throw error;
    return Buffer.from(`stage6 does not show what this file holds: ${error.code}\n`);
  }
}
