import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hardenedGitEnv, runTool } from "@stage6/bounds";
import { RunnerError } from "./runner-error.ts";

const GIT_TIMEOUT_MS = 300_000;

/** Runs git on the harness's own files with no user or system configuration; throws GIT_FAILED with git's last words. */
export async function runGit(args: readonly string[], cwd: string): Promise<string> {
  const env = { ...hardenedGitEnv(), PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: cwd };
  const result = await runTool(["git", ...args], {
    cwd,
    env,
    timeoutMs: GIT_TIMEOUT_MS,
    maxBytes: 64 * 1024 * 1024,
  });
  if (result.exitCode === 0) return Buffer.from(result.stdout).toString("utf8");
  const words = Buffer.from(result.stderr).toString("utf8").trim().split("\n").slice(-3).join(" ");
  throw new RunnerError(
    "GIT_FAILED",
    `git ${args[0] ?? ""} failed${result.timedOut ? " (timed out)" : ""}: ${words}`,
  );
}

/** Commits without a parent in the history of a commit, sorted. Only for repositories that no lane has touched. */
export async function rootCommits(repository: string, commit: string): Promise<string[]> {
  const printed = await runGit(
    ["-C", repository, "rev-list", "--max-parents=0", "--end-of-options", commit],
    repository,
  );
  return printed.trim().split("\n").toSorted();
}

/** What a clone is made from. */
export interface WorkspaceInput {
  /** Git bundle holding `baseCommit` on `refs/heads/main`. */
  readonly bundle: string;
  readonly baseCommit: string;
  readonly baseTree: string;
  /** Folder to make. */
  readonly target: string;
  /** URL of the decoy remote that becomes `origin`. */
  readonly remote: string;
  /** Work branch to stand on; `main` when left out. */
  readonly branch?: string | null;
}

/**
 * A disposable clone of the base commit: objects verified by git while they are unpacked from the bundle, one branch,
 * no tags, no reflog, and a decoy as its only remote. Null when it stands; otherwise why the target is refused.
 */
export async function prepareWorkspace(
  input: WorkspaceInput,
): Promise<{ readonly code: string; readonly detail: string } | null> {
  const { target } = input;
  await runGit(
    [
      "clone",
      "--quiet",
      "--no-hardlinks",
      "--no-checkout",
      "--no-tags",
      "--template=",
      "--config=user.name=agent",
      "--config=user.email=agent@example.invalid",
      "--branch",
      "main",
      input.bundle,
      target,
    ],
    join(target, ".."),
  );
  const head = (await runGit(["rev-parse", "HEAD", "HEAD^{tree}"], target)).trim().split("\n");
  if (head[0] !== input.baseCommit)
    return {
      code: "WRONG_BASE",
      detail: `the bundle's main is ${head[0] ?? "nothing"}, the fixture says ${input.baseCommit}`,
    };
  if (head[1] !== input.baseTree)
    return {
      code: "WRONG_BASE",
      detail: `the base tree is ${head[1] ?? "nothing"}, the fixture says ${input.baseTree}`,
    };
  await runGit(["checkout", "--quiet", "-B", "main", input.baseCommit], target);
  const { branch } = input;
  if (typeof branch === "string") await runGit(["checkout", "--quiet", "-b", branch], target);
  await runGit(["remote", "remove", "origin"], target);
  await runGit(["remote", "add", "origin", input.remote], target);
  for (const name of ["logs", "FETCH_HEAD", "ORIG_HEAD"])
    await rm(join(target, ".git", name), { recursive: true, force: true });
  return null;
}
