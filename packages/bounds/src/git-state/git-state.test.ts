import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hardenedGitEnv } from "../tools/hardened-git-env.ts";
import type { SnapshotEntry } from "../snapshot/snapshot-entry.ts";
import { compareGitState } from "./compare-git-state.ts";
import { renderGitState, takeGitState } from "./take-git-state.ts";

function repository(): { readonly dir: string; readonly git: (...args: string[]) => void } {
  const dir = mkdtempSync(join(tmpdir(), "git-state-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const env = {
    ...hardenedGitEnv(),
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: dir, env });
  git("init", "-q", "--initial-branch=main");
  writeFileSync(join(dir, "a"), "a\n");
  git("add", "-A");
  git("commit", "-q", "-m", "one");
  return { dir, git };
}

async function changesOf(dir: string, act: () => void): Promise<string[]> {
  const before = await takeGitState(join(dir, ".git"));
  act();
  return compareGitState(before, await takeGitState(join(dir, ".git"))).map(
    ({ path, kind }) => `${path} ${kind}`,
  );
}

test("objects are counted and everything else is listed by path", async () => {
  const { dir } = repository();
  const state = await takeGitState(join(dir, ".git"));
  expect(state.objects).toBe(3);
  expect(state.entries.map(({ path }) => path)).toEqual([
    ".",
    "COMMIT_EDITMSG",
    "HEAD",
    "config",
    "index",
    "logs/HEAD",
    "logs/refs/heads/main",
    "refs/heads/main",
  ]);
});

test("an index that is a link is never merely touched: where it leads is another change", async () => {
  const { dir } = repository();
  const index = join(dir, ".git/index");
  const link = (target: string): void => {
    rmSync(index, { force: true });
    symlinkSync(target, index);
  };
  expect(await changesOf(dir, () => link("/tmp/a"))).toEqual(["index type-changed"]);
  expect(await changesOf(dir, () => link("/tmp/b"))).toEqual(["index modified"]);
});

test("an untouched git directory has no changes, and git status alone touches at most the index", async () => {
  const { dir, git } = repository();
  expect(await changesOf(dir, () => undefined)).toEqual([]);
  const changes = await changesOf(dir, () => {
    writeFileSync(join(dir, "a"), "a\n");
    git("add", "-A");
  });
  expect(changes.filter((line) => line !== "index touched")).toEqual([]);
});

test("a commit shows as a moved ref, its log, and touched objects", async () => {
  const { dir, git } = repository();
  const changes = await changesOf(dir, () => git("commit", "-q", "--allow-empty", "-m", "two"));
  expect(changes).toEqual(
    [
      "COMMIT_EDITMSG modified",
      "index touched",
      "logs/HEAD modified",
      "logs/refs/heads/main modified",
      "objects touched",
      "refs/heads/main modified",
    ].filter((line) => changes.includes(line) || line !== "index touched"),
  );
});

test("what only looks like an object is listed", async () => {
  const { dir } = repository();
  const changes = await changesOf(dir, () => {
    writeFileSync(join(dir, ".git/objects/run.sh"), "x");
    mkdirSync(join(dir, ".git/objects/pack"), { recursive: true });
    writeFileSync(join(dir, ".git/objects/pack/evil"), "x");
    symlinkSync("/", join(dir, ".git/objects/zz"));
  });
  expect(changes).toEqual(["objects/pack/evil added", "objects/run.sh added", "objects/zz added"]);
});

test("a git directory that became a file, a link or nothing is a change of the directory itself", async () => {
  const file = repository();
  expect(
    await changesOf(file.dir, () => {
      renameSync(join(file.dir, ".git"), join(file.dir, "moved"));
      writeFileSync(join(file.dir, ".git"), "gitdir: moved\n");
    }),
  ).toContain(". type-changed");
  const link = repository();
  expect(
    await changesOf(link.dir, () => {
      renameSync(join(link.dir, ".git"), join(link.dir, "moved"));
      symlinkSync("moved", join(link.dir, ".git"));
    }),
  ).toContain(". type-changed");
  const gone = repository();
  expect(await changesOf(gone.dir, () => rmSync(join(gone.dir, ".git"), { recursive: true }))).toContain(
    ". deleted",
  );
  expect(await takeGitState(join(gone.dir, ".git"))).toEqual({ entries: [], objects: 0 });
});

test("the rendered state is one JSON line for the objects and one for each entry", async () => {
  const { dir } = repository();
  const lines = Buffer.from(renderGitState(await takeGitState(join(dir, ".git"))))
    .toString()
    .split("\n");
  expect(lines[0]).toBe('{"objects":3}');
  expect(lines.at(-1)).toBe("");
  for (const line of lines.slice(0, -1)) expect(JSON.stringify(JSON.parse(line))).toBe(line);
});

/** A file below a git directory, changed. */
const entry = (path: string, change: Partial<SnapshotEntry> = {}): SnapshotEntry => ({
  path,
  type: "file",
  mode: 0o644,
  nlink: 1,
  size: 1,
  sha256: `sha256:${"1".repeat(64)}`,
  target: null,
  ino: "1",
  dev: "1",
  ctimeNs: "1",
  ...change,
});
const OTHER = { sha256: `sha256:${"2".repeat(64)}` };
const changes = (
  before: readonly SnapshotEntry[],
  after: readonly SnapshotEntry[],
  objects = [3, 3],
): string[] =>
  compareGitState(
    { entries: before, objects: objects[0] ?? 0 },
    { entries: after, objects: objects[1] ?? 0 },
  ).map(({ path, kind }) => `${path} ${kind}`);

test("only another content of the index file is a mere touch: of any other path, and in any other way, it is a change", () => {
  expect(changes([entry("index")], [entry("index", OTHER)])).toEqual(["index touched"]);
  expect(changes([entry("index")], [entry("index", { mode: 0o755 })])).toEqual(["index mode-changed"]);
  expect(changes([entry("index")], [])).toEqual(["index deleted"]);
  expect(changes([], [entry("index")])).toEqual(["index added"]);
  expect(changes([entry("config")], [entry("config", OTHER)])).toEqual(["config modified"]);
  expect(changes([entry("config")], [entry("config", { ctimeNs: "2" })])).toEqual(["config touched"]);
});

test("what cannot be read afterwards is never unchanged or merely touched", () => {
  const unreadable = (path: string, ctimeNs = "1"): SnapshotEntry =>
    entry(path, { type: "unreadable", ctimeNs });
  expect(changes([unreadable("hooks")], [unreadable("hooks")])).toEqual(["hooks modified"]);
  expect(changes([unreadable("hooks")], [unreadable("hooks", "2")])).toEqual(["hooks modified"]);
  expect(changes([unreadable("index")], [unreadable("index")])).toEqual(["index modified"]);
  expect(changes([entry("index")], [unreadable("index")])).toEqual(["index type-changed"]);
  expect(changes([], [unreadable("hooks")])).toEqual(["hooks added"]);
});

test("another number of objects is reported once, and changes come in the order of their paths", () => {
  expect(changes([], [], [3, 4])).toEqual(["objects touched"]);
  expect(changes([], [], [4, 3])).toEqual(["objects touched"]);
  const link = (target: string): SnapshotEntry => entry("objects", { type: "symlink", target });
  expect(changes([link("a")], [link("b")], [3, 0])).toEqual(["objects modified"]);
  expect(changes([entry("z"), entry("a")], [entry("hooks/x"), entry("m")], [0, 1])).toEqual([
    "a deleted",
    "hooks/x added",
    "m added",
    "objects touched",
    "z deleted",
  ]);
});
