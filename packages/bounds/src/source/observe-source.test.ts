import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hardenedGitEnv } from "../tools/hardened-git-env.ts";
import { observeSource, type SourceTree } from "./observe-source.ts";
import { readSourceFacts } from "./read-source-facts.ts";

const git = (cwd: string, ...words: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.invalid", ...words], {
    cwd,
    env: hardenedGitEnv(),
    encoding: "utf8",
    timeout: 20_000,
  }).trim();

/** A checkout with names whose order in a tree differs from their order as text, a program, a link and odd bytes. */
function checkout(format = "sha1"): string {
  const dir = mkdtempSync(join(tmpdir(), "source tree-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  git(dir, "init", "-q", "-b", "main", `--object-format=${format}`);
  for (const folder of ["lib", "lib/deep", "lib-x"]) mkdirSync(join(dir, folder));
  for (const file of ["lib.ts", "lib/a.ts", "lib/deep/b.ts", "lib-x/c.ts", "lib0", "read me.md"])
    writeFileSync(join(dir, file), `${file}\n`);
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/odd-`), Buffer.of(0xff)]), "odd\n");
  writeFileSync(join(dir, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  symlinkSync("lib/a.ts", join(dir, "link"));
  writeFileSync(join(dir, ".gitignore"), "/installed/\n*.log\n");
  git(dir, "add", "-A");
  git(dir, "commit", "-q", "-m", "first");
  return dir;
}

async function look(dir: string, folders: readonly string[] = []): Promise<SourceTree> {
  const seen = await observeSource(dir, folders);
  if (seen === null) throw new Error("no checkout");
  return seen;
}

describe.each(["sha1", "sha256"])("a repository with %s ids", (format) => {
  test("an untouched checkout has the commit's own tree, and the trees of its folders", async () => {
    const dir = checkout(format);
    const seen = await look(dir);
    expect(seen.tree).toBe(git(dir, "rev-parse", "HEAD^{tree}"));
    expect(seen.commit).toBe(git(dir, "rev-parse", "HEAD"));
    expect(seen.subTrees).toEqual(
      ["lib", "lib-x"].map((path) => ({ path, id: git(dir, "rev-parse", `HEAD:${path}`) })),
    );
    expect(seen.files.count).toBe(10);
    expect(seen).toMatchObject({ changed: [], extra: [], folders: [] });
  });

  test("an edited file gives the tree that git would give it", async () => {
    const dir = checkout(format);
    writeFileSync(join(dir, "lib/deep/b.ts"), "other\n");
    const seen = await look(dir);
    git(dir, "commit", "-qam", "second");
    expect(seen.tree).toBe(git(dir, "rev-parse", "HEAD^{tree}"));
    expect(seen.changed).toEqual(["lib/deep/b.ts"]);
  });
});

test.each<[string, (dir: string) => void, Pick<SourceTree, "changed" | "extra">]>([
  [
    "an edit hidden by skip-worktree",
    (dir) => {
      git(dir, "update-index", "--skip-worktree", "lib.ts");
      writeFileSync(join(dir, "lib.ts"), "hidden\n");
    },
    { changed: ["lib.ts"], extra: [] },
  ],
  [
    "an edit hidden by assume-unchanged",
    (dir) => {
      git(dir, "update-index", "--assume-unchanged", "lib/a.ts");
      writeFileSync(join(dir, "lib/a.ts"), "hidden\n");
    },
    { changed: ["lib/a.ts"], extra: [] },
  ],
  [
    "a file hidden by an ignore rule",
    (dir) => writeFileSync(join(dir, "x.log"), ""),
    { changed: [], extra: ["x.log"] },
  ],
  [
    "a file hidden by info/exclude",
    (dir) => {
      mkdirSync(join(dir, ".git/info"), { recursive: true });
      writeFileSync(join(dir, ".git/info/exclude"), "notes\n");
      writeFileSync(join(dir, "lib/notes"), "");
    },
    { changed: [], extra: ["lib/notes"] },
  ],
  ["a file that is gone", (dir) => unlinkSync(join(dir, "lib0")), { changed: ["lib0"], extra: [] }],
  [
    "a file that became executable",
    (dir) => chmodSync(join(dir, "lib.ts"), 0o755),
    { changed: ["lib.ts"], extra: [] },
  ],
  [
    "a file replaced by a link to the same bytes",
    (dir) => {
      writeFileSync(join(dir, "x.log"), "lib0\n");
      unlinkSync(join(dir, "lib0"));
      symlinkSync("x.log", join(dir, "lib0"));
    },
    { changed: ["lib0"], extra: ["x.log"] },
  ],
  [
    "a link that points elsewhere",
    (dir) => {
      unlinkSync(join(dir, "link"));
      symlinkSync("run.sh", join(dir, "link"));
    },
    { changed: ["link"], extra: [] },
  ],
  [
    "a repository inside the checkout",
    (dir) => git(dir, "init", "-q", "--template=", "lib/inner"),
    { changed: [], extra: ["lib/inner/.git/HEAD", "lib/inner/.git/config"] },
  ],
  [
    "a pipe in place of a file",
    (dir) => {
      unlinkSync(join(dir, "lib0"));
      execFileSync("mkfifo", [join(dir, "lib0")], { timeout: 5000 });
    },
    { changed: ["lib0"], extra: [] },
  ],
])("%s is seen", async (_what, touch, expected) => {
  const dir = checkout();
  touch(dir);
  const seen = await look(dir);
  expect(seen).toMatchObject(expected);
  expect(seen.tree === git(dir, "rev-parse", "HEAD^{tree}")).toBe(expected.changed.length === 0);
});

test("a commit of the change moves HEAD and the tree, and leaves nothing changed", async () => {
  const dir = checkout();
  const before = await look(dir);
  writeFileSync(join(dir, "lib.ts"), "committed\n");
  git(dir, "commit", "-qam", "second");
  const after = await look(dir);
  expect(after.changed).toEqual([]);
  expect(after.commit).not.toBe(before.commit);
  expect(after.tree).not.toBe(before.tree);
  expect(after.files.listSha256).not.toBe(before.files.listSha256);
});

test("a replaced object does not stand in for the commit", async () => {
  const dir = checkout();
  const honest = await look(dir);
  writeFileSync(join(dir, "lib.ts"), "replaced\n");
  git(dir, "commit", "-qam", "second");
  const [second, first] = git(dir, "rev-list", "HEAD").split("\n");
  git(dir, "reset", "-q", "--hard", first ?? "");
  git(dir, "replace", first ?? "", second ?? "");
  expect(await look(dir)).toEqual(honest);
});

test("a folder that was asked for is one digest over what it holds, and nothing below it is extra", async () => {
  const dir = checkout();
  mkdirSync(join(dir, "installed/pkg"), { recursive: true });
  writeFileSync(join(dir, "installed/pkg/index.js"), "1\n");
  const first = await look(dir, ["installed", "absent"]);
  expect(first.extra).toEqual([]);
  expect(first.folders.map(({ path, files }) => [path, files])).toEqual([
    ["installed", 1],
    ["absent", 0],
  ]);
  chmodSync(join(dir, "installed/pkg/index.js"), 0o755);
  const [mode] = (await look(dir, ["installed"])).folders;
  writeFileSync(join(dir, "installed/pkg/index.js"), "2\n");
  const [content] = (await look(dir, ["installed"])).folders;
  expect(new Set([first.folders[0]?.sha256, mode?.sha256, content?.sha256]).size).toBe(3);
});

test("nothing that the checkout configures is run", async () => {
  const dir = checkout();
  const trap = join(dir, "trap.log");
  const program = join(dir, ".git/trap.sh");
  writeFileSync(program, `#!/bin/sh\necho ran >> '${trap}'\ncat\n`, { mode: 0o755 });
  for (const [name, value] of [
    ["core.fsmonitor", program],
    ["filter.x.clean", program],
    ["filter.x.smudge", program],
    ["diff.external", program],
    ["core.pager", program],
    ["gpg.program", program],
    ["alias.ls-tree", `!${program}`],
    ["core.sshCommand", program],
  ] as const)
    git(dir, "config", name, value);
  writeFileSync(join(dir, ".gitattributes"), "* filter=x\n");
  const seen = await look(dir);
  expect(existsSync(trap)).toBe(false);
  expect(seen.extra).toEqual([".gitattributes"]);
});

test("R38: a checkout that lacks an object and names a program to fetch it with runs nothing", async () => {
  const dir = checkout();
  const trap = join(dir, ".git/trap.log");
  const program = join(dir, ".git/trap.sh");
  writeFileSync(program, `#!/bin/sh\necho ran >> '${trap}'\nexit 1\n`, { mode: 0o755 });
  const tree = git(dir, "rev-parse", "HEAD^{tree}");
  for (const [name, value] of [
    ["core.repositoryFormatVersion", "1"],
    ["extensions.partialClone", "far"],
    ["remote.far.promisor", "true"],
    ["remote.far.url", dir],
    ["remote.far.uploadpack", `'${program}'`],
  ] as const)
    git(dir, "config", name, value);
  unlinkSync(join(dir, ".git/objects", tree.slice(0, 2), tree.slice(2)));
  expect(await observeSource(dir)).toBeNull();
  await readSourceFacts(dir);
  expect(existsSync(trap)).toBe(false);
  // A git without our environment does run it.
  const plain = { PATH: process.env["PATH"] ?? "", HOME: dir };
  expect(() =>
    execFileSync("git", ["ls-tree", "HEAD"], { cwd: dir, env: plain, stdio: "ignore", timeout: 20_000 }),
  ).toThrow("ls-tree");
  expect(existsSync(trap)).toBe(true);
});

test("a folder that is no checkout, and a checkout without a commit, are nothing to look at", async () => {
  const dir = mkdtempSync(join(tmpdir(), "no-checkout-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  expect(await observeSource(dir)).toBeNull();
  git(dir, "init", "-q");
  expect(await observeSource(dir)).toBeNull();
});
