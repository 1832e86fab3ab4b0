import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hardenedGitEnv, runTool, shellQuote } from "@stage6/bounds";
import { RunnerError } from "./runner-error.ts";

const GIT_TIMEOUT_MS = 300_000;

/** Runs git on the harness's own files with no user or system configuration; throws GIT_FAILED with git's last words. */
export function runGit(args: readonly string[], cwd: string): Promise<string> {
  return runGits([args], cwd);
}

/** Exit code of the shell for the first command that fails, plus its index. */
const FAILED = 100;

/**
 * Runs several git commands in order, as {@link runGit} does, up to the first that fails; what all of them printed. One
 * shell starts them, which costs a harness of this size less than starting each.
 */
async function runGits(commands: readonly (readonly string[])[], cwd: string): Promise<string> {
  const lines = commands.map(
    (args, index) => `git ${args.map(shellQuote).join(" ")} || exit ${FAILED + index}`,
  );
  const env = { ...hardenedGitEnv(), PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: cwd };
  const result = await runTool(["/bin/sh", "-c", lines.join("\n")], {
    cwd,
    env,
    timeoutMs: GIT_TIMEOUT_MS,
    maxBytes: 64 * 1024 * 1024,
  });
  if (result.exitCode === 0) return Buffer.from(result.stdout).toString("utf8");
  const words = Buffer.from(result.stderr).toString("utf8").trim().split("\n").slice(-3).join(" ");
  const [name = ""] = commands[(result.exitCode ?? FAILED) - FAILED] ?? commands[0] ?? [];
  throw new RunnerError("GIT_FAILED", `git ${name} failed${result.timedOut ? " (timed out)" : ""}: ${words}`);
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
  const clone = [
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
  ];
  const printed = await runGits(
    [clone, ["-C", target, "rev-parse", "HEAD", "HEAD^{tree}"]],
    join(target, ".."),
  );
  const head = printed.trim().split("\n");
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
  await runGits(
    [
      ["checkout", "--quiet", "-B", input.branch ?? "main", input.baseCommit],
      ["remote", "remove", "origin"],
      ["remote", "add", "origin", input.remote],
    ],
    target,
  );
  for (const name of ["logs", "FETCH_HEAD", "ORIG_HEAD"])
    await rm(join(target, ".git", name), { recursive: true, force: true });
  return null;
}
