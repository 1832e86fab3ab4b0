import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { isTest } from "../boundaries/check-imports.ts";
import type { MutateOptions } from "./mutate-options.ts";

/** Sources of a package that are mutated, relative to the root, sorted: neither tests nor what tests are made with. */
export function mutatedFiles(name: string, { root, files, since }: MutateOptions): string[] {
  const folder = `packages/${name}/src`;
  const changed = since === null ? null : new Set(changedSince(root, since));
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !isTest(file) && !file.split("/").includes("testing"))
    .filter((file) => files.length === 0 || files.some((glob) => matchesGlob(file, glob)))
    .map((file) => `${folder}/${file}`)
    .filter((file) => changed === null || changed.has(file))
    .toSorted();
}

/** Files that differ between a commit and the work tree, untracked ones included. */
function changedSince(root: string, since: string): string[] {
  const git = (...words: string[]): string[] =>
    execFileSync("git", words, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  return [
    ...git("diff", "--name-only", "-z", "--end-of-options", since, "--"),
    ...git("ls-files", "--others", "--exclude-standard", "-z"),
  ];
}
