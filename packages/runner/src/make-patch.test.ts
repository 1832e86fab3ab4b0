import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { compareSnapshots, compileAllowedPaths, takeSnapshot, type Snapshot } from "@stage6/bounds";
import { ownUid } from "@stage6/evidence-interface/fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addFixture, seedRepository } from "./add-fixture.ts";
import { makePatch } from "./make-patch.ts";
import { makeHostileTree } from "./testing/hostile-tree.ts";
import { git } from "./testing/run-git.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { fixtureSource, writeFiles } from "./testing/trial-root.ts";
import { prepareWorkspace } from "./workspace.ts";

let folder: string;
let workspace: string;
let before: Snapshot;
let base: { readonly bundle: string; readonly baseCommit: string };

beforeEach(async () => {
  folder = makeTempFolder();
  workspace = join(folder, "workspace");
  const files = { "src/value.txt": "old\n", "src/same.txt": "same\n", "run.sh": "true\n", gone: "gone\n" };
  writeFiles(join(folder, "files"), files);
  chmodSync(join(folder, "files", "run.sh"), 0o755);
  await seedRepository(join(folder, "files"), join(folder, "target"));
  const { repository } = await addFixture(join(folder, "fixtures"), fixtureSource(join(folder, "target")));
  base = {
    bundle: join(folder, "fixtures", "renew", "repo.bundle"),
    baseCommit: repository.baseCommit,
  };
  const { baseTree } = repository;
  await prepareWorkspace({ ...base, baseTree, target: workspace, remote: join(folder, "decoy") });
  before = await takeSnapshot(workspace);
});
afterEach(() => removeTempFolder(folder));

async function patch(spoil: () => void = () => undefined): Promise<string> {
  const after = await takeSnapshot(workspace);
  const allowed = compileAllowedPaths(["**"]);
  if (!allowed.ok) throw new Error("bad glob");
  spoil();
  const changes = compareSnapshots(before, after, allowed);
  mkdirSync(join(folder, "patch"));
  const bytes = await makePatch({
    ...base,
    workspace,
    owners: ownUid(),
    changes,
    before,
    after,
    folder: join(folder, "patch"),
  });
  return Buffer.from(bytes).toString("utf8");
}

const named = (text: string): string[] =>
  [...text.matchAll(/^diff --git (.*)$/gmu)].map(([, at]) => at ?? "");

describe("a patch", () => {
  it("is empty when nothing changed", async () => {
    expect(await patch()).toBe("");
  });

  it("holds the changed files and no other", async () => {
    writeFiles(workspace, { "src/value.txt": "new\n", "src/a b.txt": "added\n" });
    rmSync(join(workspace, "gone"));
    const text = await patch();
    expect(named(text)).toEqual([
      "a/gone a/gone",
      "b/src/a b.txt b/src/a b.txt",
      "a/src/value.txt b/src/value.txt",
    ]);
    expect(text).toContain("-old\n+new\n");
    expect(text).toContain("+added\n");
    expect(text).toContain("-gone\n");
  });

  it("applies to the base", async () => {
    writeFiles(workspace, { "src/value.txt": "new\n", "run.sh": "false\n", "src/bytes": "\u0000\u0001" });
    const text = await patch();
    expect(text).not.toContain("old mode");
    writeFiles(folder, { "change.patch": text });
    git(join(folder, "target"), "apply", join(folder, "change.patch"));
    expect(git(join(folder, "target"), "status", "--porcelain").split("\n")).toHaveLength(3);
  });

  it("leaves links and odd names out", async () => {
    symlinkSync("/etc/hostname", join(workspace, "link"));
    writeFiles(workspace, { "a\\b": "odd", "src/value.txt": "new\n" });
    expect(named(await patch())).toEqual(["a/src/value.txt b/src/value.txt"]);
  });

  it("does not follow a link that was put in a file's place after the last look", async () => {
    writeFiles(folder, { secret: "top secret\n" });
    writeFiles(workspace, { "src/value.txt": "new\n", "src/other.txt": "other\n" });
    const text = await patch(() => {
      rmSync(join(workspace, "src/value.txt"));
      symlinkSync(join(folder, "secret"), join(workspace, "src/value.txt"));
    });
    expect(text).not.toContain("top secret");
    expect(text).toContain("+other\n");
  });

  it("runs nothing that the tree configures", async () => {
    const ran = join(folder, "ran");
    makeHostileTree(workspace, join(folder, "home"), ran);
    rmSync(ran, { force: true });
    const text = await patch();
    expect(text).toContain("src/nested/value.txt");
    expect(existsSync(ran)).toBe(false);
    // The control: an ordinary git command in that tree does run it.
    git(workspace, "status");
    expect(existsSync(ran)).toBe(true);
  });
});
