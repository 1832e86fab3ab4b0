import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { inFolder, writeNewFile, writeNewFolder } from "@stage6/evidence-interface/fs";
import { removeFile, replaceFile } from "./replace-file.ts";

const made: string[] = [];
let root: string;
let outside: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "stage6-writers-"));
  made.push(folder);
  [root, outside] = [join(folder, "root"), join(folder, "outside")];
  await mkdir(root);
  await mkdir(join(outside, "b", "c"), { recursive: true });
});
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

const BYTES = Buffer.from("new\n");
const WRITERS: readonly (readonly [string, (target: string) => Promise<unknown>])[] = [
  ["writeNewFile", (target) => writeNewFile(root, target, BYTES)],
  ["replaceFile", (target) => replaceFile(root, target, BYTES)],
  ["writeNewFolder", (target) => writeNewFolder(root, target, (draft) => writeFile(join(draft, "x"), BYTES))],
  ["removeFile", (target) => removeFile(root, target)],
];

it.each(WRITERS)("%s follows no link below its root, at whatever depth", async (_name, write) => {
  await writeFile(join(outside, "b", "c", "x"), "old\n");
  await symlink(outside, join(root, "a"));
  await mkdir(join(root, "d"));
  await symlink(join(outside, "b"), join(root, "d", "b"));
  await mkdir(join(root, "e", "b"), { recursive: true });
  await symlink(join(outside, "b", "c"), join(root, "e", "b", "c"));
  await symlink("/nowhere", join(root, "f"));
  for (const target of ["a/b/c/x", "d/b/c/x", "e/b/c/x", "f/x"])
    await expect(write(join(root, target))).rejects.toMatchObject({ code: "ENOTDIR" });
  expect(await readFile(join(outside, "b", "c", "x"), "utf8")).toBe("old\n");
  expect(await readdir(join(outside, "b", "c"))).toEqual(["x"]);
});

it.each(WRITERS)("%s refuses a file that does not lie below its root", async (_name, write) => {
  await expect(write(join(outside, "x"))).rejects.toThrow("below its root");
  await expect(write(join(root, "..", "outside", "x"))).rejects.toThrow("below its root");
  expect(await readdir(outside)).toEqual(["b"]);
});

it("a file is written into the folder that was opened, whatever takes its name meanwhile", async () => {
  await mkdir(join(root, "a"));
  await inFolder(root, ["a"], async (folder) => {
    await rename(join(root, "a"), join(root, "moved"));
    await symlink(outside, join(root, "a"));
    await writeFile(join(folder, "x"), BYTES);
  });
  expect(await readdir(join(root, "moved"))).toEqual(["x"]);
  expect(await readdir(outside)).toEqual(["b"]);
});

it("a link in place of the file itself is never written through", async () => {
  await writeFile(join(outside, "x"), "old\n");
  await symlink(join(outside, "x"), join(root, "x"));
  expect(await writeNewFile(root, join(root, "x"), BYTES)).toBe("different");
  await replaceFile(root, join(root, "x"), BYTES, 0o755);
  expect(await readFile(join(outside, "x"), "utf8")).toBe("old\n");
  expect((await stat(join(root, "x"))).mode & 0o777).toBe(0o755);
});

it("an error names the folder that was written, and no handle", async () => {
  await mkdir(join(root, "a", "x"), { recursive: true });
  const error: unknown = await replaceFile(root, join(root, "a", "x"), BYTES).catch((one: unknown) => one);
  expect(String(error)).toContain(join(root, "a"));
  expect(String(error)).not.toContain("/proc/");
});

it("a file that another call wrote first stays as it is", async () => {
  const said = await Promise.all(
    ["1", "2", "3"].map((text) => writeNewFile(root, join(root, "a", "b", "x"), Buffer.from(text))),
  );
  expect(said.toSorted()).toEqual(["different", "different", "written"]);
  expect(await readdir(root)).toEqual(["a"]);
});
