import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { takeSnapshot } from "@stage6/bounds";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addFixture, seedRepository, type FixtureSource } from "./add-fixture.ts";
import { readFixture } from "./read-fixture.ts";
import { git } from "./testing/run-git.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { fixtureSource, writeFiles } from "./testing/trial-root.ts";

let folder: string;
let repository: string;
let fixtures: string;

beforeEach(async () => {
  folder = makeTempFolder();
  repository = join(folder, "my target");
  fixtures = join(folder, "fixtures");
  writeFiles(join(folder, "files"), { "src/value.txt": "old\n" });
  await seedRepository(join(folder, "files"), repository);
});
afterEach(() => removeTempFolder(folder));

const add = (change: Partial<FixtureSource> = {}) =>
  addFixture(fixtures, { ...fixtureSource(repository), ...change });
const commit = (path: string, text: string): string => {
  writeFiles(repository, { [path]: text });
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message", path);
  return git(repository, "rev-parse", "HEAD");
};
const everything = async (): Promise<string> =>
  Buffer.concat([...(await takeSnapshot(repository, { skipGit: false })).chunks()]).toString("utf8");

describe("adding a fixture", () => {
  it("makes one that reads back, from a path with spaces", async () => {
    const made = await add({ oracleFolder: null });
    const loaded = await readFixture(join(fixtures, "renew"));
    expect(loaded.fixture).toEqual(made);
    expect(made.repository.baseCommit).toBe(git(repository, "rev-parse", "main"));
    expect(made.repository.baseTree).toBe(git(repository, "rev-parse", "main^{tree}"));
    expect(readdirSync(fixtures)).toEqual(["renew"]);
    expect(readdirSync(join(fixtures, "renew")).toSorted()).toEqual([
      "fixture.json",
      "ownership.json",
      "repo.bundle",
      "task.md",
    ]);
  });

  it("carries the base and its history, and nothing later", async () => {
    const first = git(repository, "rev-parse", "HEAD");
    const base = commit("second", "the base\n");
    const later = commit("third", "the solution, not to be read\n");
    git(repository, "tag", "answer");
    const made = await add({ base: "main~1" });
    expect(made.repository.baseCommit).toBe(base);
    const clone = join(folder, "clone");
    git(folder, "clone", "--quiet", "--branch", "main", join(fixtures, "renew", "repo.bundle"), clone);
    expect(git(clone, "rev-list", "--all").split("\n")).toEqual([base, first]);
    const objects = git(clone, "cat-file", "--batch-all-objects", "--batch-check");
    expect(objects).not.toContain(later);
    expect(objects).not.toContain(git(repository, "rev-parse", "main:third"));
    expect(git(clone, "tag")).toBe("");
  });

  it("takes a base that no branch reaches any more", async () => {
    const gone = commit("second", "x\n");
    git(repository, "reset", "--quiet", "--hard", "HEAD~1");
    expect((await add({ base: gone })).repository.baseCommit).toBe(gone);
  });

  it("leaves the repository as it is, its .git included", async () => {
    commit("second", "x\n");
    const before = await everything();
    await add({ base: "main~1" });
    expect(await everything()).toBe(before);
  });

  it("runs nothing that the repository's configuration names", async () => {
    const ran = join(folder, "ran");
    for (const [key, value] of [
      ["core.fsmonitor", `touch '${ran}'; false`],
      ["core.hooksPath", join(folder, "hooks")],
      ["uploadpack.packObjectsHook", `touch '${ran}'; false`],
    ] as const)
      git(repository, "config", key, value);
    await add();
    expect(existsSync(ran)).toBe(false);
  });

  it("names the oracle's files by digest, links left out", async () => {
    writeFiles(join(folder, "oracle"), { "test/b.sh": "b", "a.sh": "a" });
    symlinkSync("a.sh", join(folder, "oracle", "link"));
    const made = await add({ oracleFolder: join(folder, "oracle") });
    expect(made.oracle.files.map(({ path }) => path)).toEqual(["a.sh", "test/b.sh"]);
    expect(readFileSync(join(fixtures, "renew", "oracle", "test", "b.sh"), "utf8")).toBe("b");
  });

  it("refuses an id that exists and keeps what is there", async () => {
    await add();
    const before = readFileSync(join(fixtures, "renew", "fixture.json"));
    await expect(add({ title: "Another" })).rejects.toMatchObject({ code: "FIXTURE_EXISTS" });
    expect(readFileSync(join(fixtures, "renew", "fixture.json"))).toEqual(before);
    expect(readdirSync(fixtures)).toEqual(["renew"]);
    mkdirSync(join(fixtures, "empty"));
    await expect(add({ id: "empty" })).rejects.toMatchObject({ code: "FIXTURE_EXISTS" });
  });

  it.each([
    ["a glob outside the dialect", { allowedPaths: ["src/**", "!x"] }, "FIXTURE_INVALID", /--allow !x/],
    ["a glob that leaves the target", { allowedPaths: ["../x"] }, "FIXTURE_INVALID", /--allow/],
    ["no glob", { allowedPaths: [] }, "FIXTURE_INVALID", /./],
    ["an id that is a path", { id: "../renew" }, "FIXTURE_INVALID", /./],
    ["an unknown base", { base: "no-such" }, "GIT_FAILED", /./],
    ["a base that looks like an option", { base: "--all" }, "GIT_FAILED", /./],
    ["a base that is no commit", { base: "main:src" }, "GIT_FAILED", /./],
    [
      "a script that runs a command which has no name",
      { script: { steps: [{ do: "command", name: "test" }] } },
      "FIXTURE_INVALID",
      /test, which is no named command/,
    ],
    ["no oracle", { oracle: [] }, "FIXTURE_INVALID", /./],
    ["no repository", { repository: "/nonexistent/repository" }, "GIT_FAILED", /./],
  ] satisfies readonly (readonly [string, Partial<FixtureSource>, string, RegExp])[])(
    "refuses %s and leaves nothing behind",
    async (_name, change, code, message) => {
      await expect(add(change)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      expect(existsSync(fixtures) ? readdirSync(fixtures) : []).toEqual([]);
      expect(
        readdirSync(folder)
          .toSorted()
          .filter((name) => name !== "fixtures"),
      ).toEqual(["files", "my target"]);
    },
  );

  it("leaves nothing behind when the oracle's folder is missing", async () => {
    await expect(add({ oracleFolder: join(folder, "nothing") })).rejects.toMatchObject({ code: "ENOENT" });
    expect(readdirSync(fixtures)).toEqual([]);
  });
});

describe("a seeded repository", () => {
  it("has a commit that depends on its files alone", async () => {
    const again = await seedRepository(join(folder, "files"), join(folder, "again"));
    expect(again).toBe(git(repository, "rev-parse", "HEAD"));
    expect(again).toBe("4d8de64c53d0105a9c1e5ad9b703a703a0517d4f");
    execFileSync("git", ["-C", join(folder, "again"), "fsck", "--strict"], { stdio: "ignore" });
  });
});
