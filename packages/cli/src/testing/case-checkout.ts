import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const HELP = ["Usage: ca [command]", "", "  run      run a task", "  create   make a task", ""].join("\\n");

/** The tracked files of {@link makeCaseCheckout}, and their content. */
const TRACKED = {
  "src/index.ts": "export {};\n",
  "agents/closer.md": "# Closer\n",
  "docs/guide.md": "guide\n",
  "bun.lock": "{}\n",
  "yarn.lock": "stale\n",
  "package.json": JSON.stringify({ name: "case", dependencies: { "left-dep": "1", "absent-dep": "1" } }),
  ".gitignore": "/node_modules/\n/dist/\n*.ignored\n",
};

/** A git repository laid out like a checkout of Case, with nothing of Case in it, and a program in the place of its runtime. */
export interface CaseCheckout {
  readonly path: string;
  readonly runtime: string;
  /** File that the program writes when it is started with other words than those of the probe and of `--version`. */
  readonly marker: string;
  /** Variables that name both. */
  readonly env: NodeJS.ProcessEnv;
}

/** Runs git in a checkout as its author. */
export async function gitIn(cwd: string, ...words: readonly string[]): Promise<string> {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false"];
  const { stdout } = await promisify(execFile)("git", [...author, ...words], { cwd, timeout: 20_000 });
  return stdout.trim();
}

/** Makes a checkout below `folder`, with these files besides or in place of its own. Its runtime stands in for the answer to the probe alone: it is no Case, and does nothing but say that it was started. */
export async function makeCaseCheckout(
  folder: string,
  name = "checkout",
  files: Readonly<Record<string, string>> = {},
): Promise<CaseCheckout> {
  const path = join(folder, name);
  const runtime = join(folder, `${name}-runtime`);
  const marker = join(folder, `${name}-started`);
  const installed = { "node_modules/left-dep/package.json": '{"version":"1.2.3","license":"MIT"}' };
  for (const [file, content] of Object.entries({ ...TRACKED, ...files, ...installed })) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  }
  await gitIn(path, "init", "-q", "-b", "main");
  await gitIn(path, "add", "-A");
  await gitIn(path, "commit", "-q", "-m", "first");
  await writeFile(
    runtime,
    `#!/bin/sh\ncase "$*" in --version) echo 1.0.0;; *--help) printf '${HELP}';; *) echo "$*" >>'${marker}';; esac\n`,
  );
  await chmod(runtime, 0o755);
  return { path, runtime, marker, env: { STAGE6_CASE_CHECKOUT: path, STAGE6_BUN: runtime } };
}
