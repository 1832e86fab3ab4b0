import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { walkTree } from "./walk-tree.ts";

test("a name that is listed and gone a moment later is unreadable, never left out", () => {
  const root = mkdtempSync(join(tmpdir(), "walk-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "d"));
  for (const name of ["d/a", "d/b", "c"]) writeFileSync(join(root, name), "");
  // Asked about each name between the listing and the look at it: the moment for it to vanish.
  const walked = walkTree(root, 100, (raw) => {
    if (raw.toString() === "d/a") rmSync(join(root, "d/a"));
    return raw.toString() === "c";
  });
  expect([...walked].map(({ entry }) => `${entry.path} ${entry.type}`)).toEqual([
    ". dir",
    "d dir",
    "d/a unreadable",
    "d/b file",
  ]);
});

test("a walk goes in the order of the bytes of whole paths, also where a name is the beginning of another", () => {
  const root = mkdtempSync(join(tmpdir(), "walk-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folders = [
    "a",
    "a-",
    "a--",
    "a-/a",
    "a.b",
    "a0",
    "a/a-",
    "a/a",
    "a!",
    "b",
    "b.c.d",
    "b.c",
    "é",
    "z z",
  ];
  for (const folder of folders) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of ["f", "~", " "]) writeFileSync(join(root, folder, name), "");
  }
  const walked = [...walkTree(root, 1000, () => false)].map(({ raw }) => raw);
  expect(walked).toEqual(walked.toSorted((a, b) => Buffer.compare(a, b)));
  expect(walked.length).toBe(1 + folders.length + 3 * folders.length);
});
