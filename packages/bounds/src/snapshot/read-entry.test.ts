import fs, { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readEntry } from "./read-entry.ts";

/** A directory with one name, and another one beside it. */
function directories(): { readonly dir: string; readonly other: string } {
  const root = mkdtempSync(join(tmpdir(), "entry-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [dir, other] = [join(root, "dir"), join(root, "other")];
  for (const folder of [dir, other]) mkdirSync(folder);
  writeFileSync(join(dir, "own"), "");
  writeFileSync(join(other, "hidden"), "");
  return { dir, other };
}

/** Reads an entry while something happens right after its names were listed. */
function readWhile(dir: string, act: () => void): { readonly type?: string; readonly names?: string[] } {
  const { readdirSync } = fs;
  const patched = (...args: Parameters<typeof readdirSync>): unknown => {
    const names = readdirSync(...args);
    act();
    return names;
  };
  Object.assign(fs, { readdirSync: patched });
  syncBuiltinESMExports();
  try {
    const found = readEntry(Buffer.from(dir), "dir");
    return found === null ? {} : { type: found.entry.type, names: found.names.map(String) };
  } finally {
    Object.assign(fs, { readdirSync });
    syncBuiltinESMExports();
  }
}

test("a directory that stays is listed with its names", () => {
  const { dir } = directories();
  expect(readWhile(dir, () => undefined)).toEqual({ type: "dir", names: ["own"] });
});

test.each<readonly [string, (dir: string, other: string) => void]>([
  [
    "another directory has its place",
    (dir, other) => {
      renameSync(dir, `${dir}.gone`);
      renameSync(other, dir);
    },
  ],
  [
    "a link has its place",
    (dir, other) => {
      renameSync(dir, `${dir}.gone`);
      symlinkSync(other, dir);
    },
  ],
  ["a name came to it", (dir) => writeFileSync(join(dir, "late"), "")],
  ["it is gone", (dir) => renameSync(dir, `${dir}.gone`)],
])("a directory is unreadable, with no names, when %s while it was listed", (_what, act) => {
  const { dir, other } = directories();
  expect(readWhile(dir, () => act(dir, other))).toEqual({ type: "unreadable", names: [] });
});
