// Times the two manifests of a trial against what git does with the same tree: one `worktree add`, which a trial needs anyway, and one `status`.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hardenedGitEnv, takeSnapshot } from "@stage6/bounds";
import { Random } from "../mutants/random.ts";

/** What the benchmark found for one size; times are the best of the rounds, milliseconds. */
export interface ManifestBench {
  readonly files: number;
  readonly manifestsMs: number;
  readonly worktreeMs: number;
  readonly statusMs: number;
  /** Peak of memory over taking and comparing both manifests, less that for a folder of 20 files, megabytes. */
  readonly memoryMb: number;
}

const FILES_PER_FOLDER = 20;
/** Mean size of a file, bytes, as in the repositories that were looked at. */
const MEAN_BYTES = 5600;
const AUTHOR = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.invalid",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.invalid",
};

/** Makes a repository of so many files and times, in turn, a new worktree of it, its status, and two snapshots. */
export async function benchManifest(files: number, rounds: number): Promise<ManifestBench> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "stage6-bench-"));
  try {
    const repository = join(folder, "repository");
    const git = (cwd: string, ...args: string[]): unknown =>
      execFileSync("git", args, { cwd, env: { ...hardenedGitEnv(), ...AUTHOR }, maxBuffer: 2 ** 28 });
    plant(repository, files);
    git(repository, "init", "-q", "--initial-branch=main");
    git(repository, "add", "-A");
    git(repository, "commit", "-q", "-m", "base");
    const found: Omit<ManifestBench, "files">[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const tree = join(folder, `tree-${round}`);
      const worktreeMs = time(() => git(repository, "worktree", "add", "-q", "--detach", tree));
      git(tree, "status", "--porcelain");
      const statusMs = time(() => git(tree, "status", "--porcelain"));
      const began = performance.now();
      const looks = [await takeSnapshot(tree), await takeSnapshot(tree)];
      const manifestsMs = performance.now() - began;
      for (const look of looks) look.close();
      if (looks[0]?.digest !== looks[1]?.digest) throw new Error("two manifests of a quiet tree differ");
      const memoryMb = round === 0 ? peakMb(tree) - peakMb(join(folder, "repository", "d0", "e0")) : 0;
      found.push({ manifestsMs, worktreeMs, statusMs, memoryMb });
      rmSync(tree, { recursive: true });
      git(repository, "worktree", "prune");
    }
    const least = (key: "manifestsMs" | "worktreeMs" | "statusMs"): number =>
      Math.min(...found.map((round) => round[key]));
    return {
      files,
      manifestsMs: least("manifestsMs"),
      worktreeMs: least("worktreeMs"),
      statusMs: least("statusMs"),
      memoryMb: Math.max(...found.map(({ memoryMb }) => memoryMb)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Peak of resident memory of a process that takes and compares two manifests of a tree, megabytes. */
function peakMb(tree: string): number {
  const here = dirname(fileURLToPath(import.meta.url));
  const program = [join(here, "..", "run-source.mjs"), join(here, "manifest-memory.ts"), tree];
  return Number(execFileSync(process.execPath, program, { encoding: "utf8" })) / 2 ** 20;
}

function plant(root: string, files: number): void {
  const random = new Random(files);
  const text = random.bytes(2 * MEAN_BYTES).toString("hex");
  for (let at = 0; at < files; at += 1) {
    const folder = join(
      root,
      `d${Math.floor(at / FILES_PER_FOLDER / 50)}`,
      `e${Math.floor(at / FILES_PER_FOLDER) % 50}`,
    );
    if (at % FILES_PER_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${at}.txt`), `${at}\n${text.slice(0, random.below(2 * MEAN_BYTES))}`);
  }
}

function time(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
