import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { digestTree, takeSnapshot, type SnapshotOptions } from "./take-snapshot.ts";

function tree(): string {
  const dir = mkdtempSync(join(tmpdir(), "snapshot-"));
  onTestFinished(() => {
    execFileSync("chmod", ["-R", "u+rwx", dir]);
    execFileSync("rm", ["-rf", dir]);
  });
  return dir;
}

async function look(root: string, options: SnapshotOptions = {}): Promise<SnapshotEntry[]> {
  return [...(await takeSnapshot(root, options)).entries()];
}

test("files, directories, links and fifos are recorded with their content or target, links never followed", async () => {
  const root = tree();
  mkdirSync(join(root, "d/e"), { recursive: true });
  writeFileSync(join(root, "d/f"), "hello", { mode: 0o640 });
  linkSync(join(root, "d/f"), join(root, "d/g"));
  symlinkSync("../nowhere", join(root, "d/l"));
  symlinkSync("/", join(root, "up"));
  execFileSync("sh", ["-c", "mkfifo p"], { cwd: root });
  const snapshot = await takeSnapshot(root);
  expect([...snapshot.entries()].map(({ path, type }) => `${path} ${type}`)).toEqual([
    ". dir",
    "d dir",
    "d/e dir",
    "d/f file",
    "d/g file",
    "d/l symlink",
    "p fifo",
    "up symlink",
  ]);
  const sha256 = `sha256:${createHash("sha256").update("hello").digest("hex")}`;
  const stats = lstatSync(join(root, "d/f"), { bigint: true });
  expect(snapshot.get("d/f")).toEqual({
    path: "d/f",
    type: "file",
    mode: 0o640,
    nlink: 2,
    size: 5,
    sha256,
    target: null,
    ino: String(stats.ino),
    dev: String(stats.dev),
    ctimeNs: String(stats.ctimeNs),
  });
  expect(snapshot.get("up")?.target).toBe("/");
  expect(snapshot.get("d/l")?.target).toBe("../nowhere");
});

test("entries are sorted by the bytes of their paths and names outside UTF-8 are escaped", async () => {
  const root = tree();
  for (const name of ["b", "a.x", "a/z", "B", "é", "back\\slash"]) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), "");
  }
  if (process.platform === "linux")
    writeFileSync(Buffer.concat([Buffer.from(`${root}/b`), Buffer.from([0xff])]), "");
  const paths = (await look(root)).map(({ path }) => path);
  const odd = process.platform === "linux" ? ["b\\xff"] : [];
  expect(paths).toEqual([".", "B", "a", "a.x", "a/z", "b", "back\\\\slash", ...odd, "é"]);
});

test("the git directory at the root is left out, nested ones are not", async () => {
  const root = tree();
  mkdirSync(join(root, ".git"));
  mkdirSync(join(root, "n/.git"), { recursive: true });
  expect((await look(root)).map(({ path }) => path)).toEqual([".", "n", "n/.git"]);
  expect((await look(root, { skipGit: false })).map(({ path }) => path)).toContain(".git");
});

test("a root that does not exist has no entries, and a root that is a file is an entry", async () => {
  const root = tree();
  expect(await look(join(root, "missing"))).toEqual([]);
  writeFileSync(join(root, "f"), "x");
  expect(await look(join(root, "f"))).toMatchObject([{ path: ".", type: "file" }]);
});

test("what may not be read is unreadable to a normal user and read by root", async () => {
  const root = tree();
  mkdirSync(join(root, "d"));
  writeFileSync(join(root, "d/inside"), "x");
  writeFileSync(join(root, "f"), "x");
  chmodSync(join(root, "d"), 0);
  chmodSync(join(root, "f"), 0);
  const types = (await look(root)).map(({ path, type }) => `${path} ${type}`);
  const isRoot = process.getuid?.() === 0;
  expect(types).toEqual(
    isRoot ? [". dir", "d dir", "d/inside file", "f file"] : [". dir", "d unreadable", "f unreadable"],
  );
});

test("a path too long for the system is an unreadable entry", async () => {
  const root = tree();
  const deepen = `const n = "n".repeat(250); for (let i = 0; i < 18; i++) { fs.mkdirSync(n); process.chdir(n); }`;
  execFileSync(process.execPath, ["-e", deepen], { cwd: root });
  const entries = await look(root);
  expect(entries.at(-1)?.type).toBe("unreadable");
  expect(entries.filter(({ type }) => type === "unreadable")).toHaveLength(1);
});

test("bytes and entries are bounded: what lies past a bound is unreadable, in a stable order", async () => {
  const root = tree();
  mkdirSync(join(root, "d"));
  for (const name of ["a", "d/x", "d/y", "d/z"]) writeFileSync(join(root, name), "1234");
  writeFileSync(join(root, "sparse"), "");
  truncateSync(join(root, "sparse"), 2 ** 40);
  const few = await look(root, { maxBytes: 12 });
  expect(few.filter(({ type }) => type === "unreadable").map(({ path }) => path)).toEqual(["d/z", "sparse"]);
  const small = await look(root, { maxEntries: 5, maxBytes: 100 });
  expect(small.map(({ path, type }) => `${path} ${type}`)).toEqual([
    ". dir",
    "a file",
    "d unreadable",
    "sparse unreadable",
  ]);
});

test("what else waits in the process is not held up by a walk", async () => {
  const root = tree();
  for (let index = 0; index < 2000; index += 1) writeFileSync(join(root, `f${index}`), "x".repeat(20_000));
  let turns = 0;
  const other = setInterval(() => (turns += 1), 0);
  await takeSnapshot(root);
  clearInterval(other);
  expect(turns).toBeGreaterThan(1);
});

test("a tree in motion never throws", async () => {
  const root = tree();
  for (let index = 0; index < 4000; index += 1) writeFileSync(join(root, `f${index}`), "x".repeat(1000));
  const busy = look(root);
  for (let index = 0; index < 4000; index += 2) rmSync(join(root, `f${index}`));
  const entries = await busy;
  expect(entries.some(({ type }) => type === "unreadable")).toBe(true);
  expect(entries.filter(({ type }) => type !== "file" && type !== "dir" && type !== "unreadable")).toEqual(
    [],
  );
});

test("the digest of an untouched tree stays, survives a touch and a copy, and follows content, mode and names", async () => {
  const root = tree();
  const copy = tree();
  mkdirSync(join(root, "t"));
  writeFileSync(join(root, "t/f"), "x", { mode: 0o644 });
  const digest = async (dir: string): Promise<string> => (await digestTree(join(dir, "t"))).digest;
  const first = await digest(root);
  execFileSync("touch", [join(root, "t/f")]);
  expect(await digest(root)).toBe(first);
  execFileSync("cp", ["-R", "-p", join(root, "t"), join(copy, "t")]);
  expect(await digest(copy)).toBe(first);
  chmodSync(join(root, "t/f"), 0o600);
  const moded = await digest(root);
  expect(moded).not.toBe(first);
  mkdirSync(join(root, "t/empty"));
  expect(await digest(root)).not.toBe(moded);
});
