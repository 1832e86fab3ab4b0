import { BoundsError } from "../bounds-error.ts";
import { hardenedGitEnv } from "../tools/hardened-git-env.ts";
import { runTool } from "../tools/run-tool.ts";
import type { GitObjectFormat } from "./git-object-id.ts";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 64 * 2 ** 20;

/** A file that a commit has. */
export interface CommittedFile {
  /** `100644`, `100755`, `120000`, or `160000` for a submodule. */
  readonly mode: string;
  readonly id: string;
  /** Raw bytes of the path. */
  readonly raw: Buffer;
}

/** What the object database of a checkout says about its HEAD. */
export interface CheckedOutCommit {
  readonly format: GitObjectFormat;
  readonly commit: string;
  readonly files: readonly CommittedFile[];
}

/**
 * Reads HEAD and its files from the object database; neither index nor work tree is asked, so nothing that hides a
 * change from `git status` hides it here. Null when the folder is no git checkout or has no commit.
 */
export async function readCommit(checkout: string): Promise<CheckedOutCommit | null> {
  const commit = (await askGit(checkout, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]))
    ?.toString()
    .trim();
  if (commit === undefined || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(commit)) return null;
  const listed = await askGit(checkout, ["ls-tree", "-r", "-z", "--full-tree", commit]);
  if (listed === null) return null;
  return { format: commit.length === 40 ? "sha1" : "sha256", commit, files: splitListing(listed) };
}

/**
 * Output of a git command on a repository that is the operator's but not ours, or null when git says no. Only commands
 * that read objects and refs may be asked: no configuration, filter, hook or pager of the repository runs in them.
 */
export async function askGit(checkout: string, words: readonly string[]): Promise<Buffer | null> {
  // No transport at all: a git that knows nothing of GIT_NO_LAZY_FETCH would run a program of the checkout for a missing object.
  const env = { ...hardenedGitEnv(), GIT_ALLOW_PROTOCOL: "none" };
  const options = { cwd: checkout, env, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
  const { exitCode, stdout, truncated } = await runTool(["git", "--no-pager", ...words], options);
  if (truncated) throw new BoundsError("OBSERVER_FAILED", `git ${words[0] ?? ""} printed too much`);
  return exitCode === 0 ? stdout : null;
}

/** Lines `<mode> <type> <id>\t<path>\0`; what is not one is an entry that nothing on disk can equal. */
function splitListing(listed: Buffer): CommittedFile[] {
  const files: CommittedFile[] = [];
  let from = 0;
  for (let end = listed.indexOf(0); end !== -1; end = listed.indexOf(0, from)) {
    const line = listed.subarray(from, end);
    const tab = line.indexOf(9);
    const [mode = "", , id = ""] = line.subarray(0, tab).toString("latin1").split(" ");
    files.push({ mode, id, raw: Buffer.from(line.subarray(tab + 1)) });
    from = end + 1;
  }
  return files;
}
