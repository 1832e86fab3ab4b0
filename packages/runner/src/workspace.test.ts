import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addFixture, seedRepository } from "./add-fixture.ts";
import { git } from "./testing/run-git.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { fixtureSource, writeFiles } from "./testing/trial-root.ts";
import { prepareWorkspace, runGit, type WorkspaceInput } from "./workspace.ts";

const OTHER = "0123456789".repeat(4);

let folder: string;
let input: WorkspaceInput;

beforeEach(async () => {
  folder = makeTempFolder();
  writeFiles(join(folder, "files"), { "src/value.txt": "old\n", "run.sh": "true\n" });
  await seedRepository(join(folder, "files"), join(folder, "target"));
  git(join(folder, "target"), "tag", "v1");
  const { repository } = await addFixture(join(folder, "fixtures"), fixtureSource(join(folder, "target")));
  input = {
    bundle: join(folder, "fixtures", "renew", "repo.bundle"),
    baseCommit: repository.baseCommit,
    baseTree: repository.baseTree,
    target: join(folder, "clone"),
    remote: join(folder, "decoy.git"),
  };
});
afterEach(() => removeTempFolder(folder));

describe("a disposable clone", () => {
  it("stands at the base on one branch, clean", async () => {
    expect(await prepareWorkspace(input)).toBe(null);
    expect(git(input.target, "rev-parse", "HEAD")).toBe(input.baseCommit);
    expect(git(input.target, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(git(input.target, "symbolic-ref", "HEAD")).toBe("refs/heads/main");
    expect(git(input.target, "status", "--porcelain")).toBe("");
    expect(readFileSync(join(input.target, "src/value.txt"), "utf8")).toBe("old\n");
  });

  it("knows the decoy as its only remote, and no other place", async () => {
    await prepareWorkspace(input);
    expect(git(input.target, "remote", "--verbose").split("\n")).toEqual([
      `origin\t${input.remote} (fetch)`,
      `origin\t${input.remote} (push)`,
    ]);
    expect(readFileSync(join(input.target, ".git", "config"), "utf8")).not.toContain(input.bundle);
  });

  it("has no reflog, tag, hook, alternate or packed ref that tells of more", async () => {
    await prepareWorkspace(input);
    const left = ["logs", "FETCH_HEAD", "ORIG_HEAD", "hooks", "objects/info/alternates", "shallow"];
    expect(left.filter((name) => existsSync(join(input.target, ".git", name)))).toEqual([]);
    expect(git(input.target, "tag")).toBe("");
  });

  it("is refused when the bundle holds another commit", async () => {
    expect(await prepareWorkspace({ ...input, baseCommit: OTHER })).toEqual({
      code: "WRONG_BASE",
      detail: `the bundle's main is ${input.baseCommit}, the fixture says ${OTHER}`,
    });
    expect(existsSync(join(input.target, "src"))).toBe(false);
  });

  it("is refused when the commit has another tree", async () => {
    expect(await prepareWorkspace({ ...input, baseTree: OTHER })).toEqual({
      code: "WRONG_BASE",
      detail: `the base tree is ${input.baseTree}, the fixture says ${OTHER}`,
    });
  });

  it("cannot be made from a bundle that is damaged or gone", async () => {
    writeFiles(folder, { damaged: readFileSync(input.bundle, "latin1").slice(0, 200) });
    for (const bundle of [join(folder, "damaged"), join(folder, "nothing")])
      await expect(prepareWorkspace({ ...input, bundle })).rejects.toMatchObject({ code: "GIT_FAILED" });
  });
});

describe("the harness's git", () => {
  it("fails with git's last words", async () => {
    await expect(runGit(["no-such-verb"], folder)).rejects.toMatchObject({
      code: "GIT_FAILED",
      message: expect.stringContaining("no-such-verb"),
    });
  });
});
