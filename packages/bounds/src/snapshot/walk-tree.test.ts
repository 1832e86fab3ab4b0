import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { walkTree } from "./walk-tree.ts";

test("a name that is listed and gone a moment later is unreadable, never left out", async () => {
  const root = mkdtempSync(join(tmpdir(), "walk-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "d"));
  for (const name of ["d/a", "d/b", "c"]) writeFileSync(join(root, name), "");
  // Asked about each name between the listing and the look at it: the moment for it to vanish.
  const walked = await walkTree(root, 100, (raw) => {
    if (raw.toString() === "d/a") rmSync(join(root, "d/a"));
    return raw.toString() === "c";
  });
  expect(walked.map(({ entry }) => `${entry.path} ${entry.type}`)).toEqual([
    ". dir",
    "d dir",
    "d/a unreadable",
    "d/b file",
  ]);
});
