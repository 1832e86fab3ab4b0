import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAllowedPaths, prepareDecoyRemote, type DecoyRemote } from "@stage6/bounds";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareViews, refsUnchanged, takeSettledView, takeView } from "./observe-workspace.ts";
import { git } from "./testing/run-git.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { writeFiles } from "./testing/trial-root.ts";
import { makeTrialFolders, removeTrialFolders, type TrialFolders } from "./trial-folders.ts";

let parent: string;
let folders: TrialFolders;
let remote: DecoyRemote;

beforeEach(async () => {
  parent = makeTempFolder();
  folders = await makeTrialFolders(parent);
  remote = await prepareDecoyRemote(folders.remote);
  writeFiles(folders.workspace, { "src/value.txt": "old\n" });
  git(folders.workspace, "init", "--quiet");
  git(folders.workspace, "add", "--all");
  git(folders.workspace, "commit", "--quiet", "--message", "base");
});
afterEach(() => removeTempFolder(parent));

/** What is observed when `act` happens between two views. */
async function observe(act: () => void) {
  const before = await takeView(folders, remote);
  act();
  const { view, settled } = await takeSettledView(folders, remote);
  const allowed = compileAllowedPaths(["src/**"]);
  if (!allowed.ok) throw new Error("bad glob");
  const seen = compareViews(before, view, settled, allowed);
  const moved = seen.protected.filter((item) => item.before !== item.after).map(({ name }) => name);
  const changes = seen.workspace.changes
    .filter(({ kind }) => kind !== "touched")
    .map(({ path, kind, verdict }) => `${kind} ${path} ${verdict}`);
  return { ...seen.workspace, changes, moved, refs: refsUnchanged(seen.workspace) };
}

describe("two views of a trial", () => {
  it("agree when nothing happened", async () => {
    expect(await observe(() => undefined)).toEqual({
      settled: true,
      changes: [],
      gitState: [],
      moved: [],
      refs: true,
    });
  });

  it("tell changes inside the allowed paths from those outside", async () => {
    const seen = await observe(() =>
      writeFiles(folders.workspace, { "src/value.txt": "new\n", "package.json": "{}" }),
    );
    expect(seen.changes).toEqual(["added package.json violation", "modified src/value.txt allowed"]);
    expect(seen.moved).toEqual([]);
  });

  it.each([
    ["home", () => writeFileSync(join(folders.home, ".profile"), "x"), "home"],
    [
      "surroundings of the clone",
      () => writeFileSync(join(folders.surroundings, "beside"), "x"),
      "surroundings",
    ],
    ["remote", () => writeFileSync(join(remote.url, "refs", "heads", "x"), "0".repeat(40)), "origin"],
  ])("show a write to the %s", async (_name, act, moved) => {
    expect((await observe(act)).moved).toEqual([moved]);
  });

  it("show a commit as changed refs, and a refreshed index as none", async () => {
    expect((await observe(() => git(folders.workspace, "status"))).refs).toBe(true);
    const seen = await observe(() =>
      git(folders.workspace, "commit", "--quiet", "--allow-empty", "--message", "x"),
    );
    expect(seen.refs).toBe(false);
    expect(seen.gitState.map(({ path }) => path)).toContain("refs/heads/main");
  });

  it("show changed configuration and hooks", async () => {
    const seen = await observe(() => {
      git(folders.workspace, "config", "core.fsmonitor", "true");
      writeFiles(folders.workspace, { ".git/hooks/pre-commit": "#!/bin/sh\n" });
    });
    expect(seen.gitState.map(({ path }) => path)).toEqual(["config", "hooks/pre-commit"]);
    expect(seen.refs).toBe(true);
  });

  it("do not settle while something writes", async () => {
    let count = 0;
    const writer = setInterval(() => writeFileSync(join(folders.workspace, "src", "log"), `${count++}`), 40);
    try {
      expect((await takeSettledView(folders, remote)).settled).toBe(false);
    } finally {
      clearInterval(writer);
    }
    expect((await takeSettledView(folders, remote)).settled).toBe(true);
  });
});

describe("the folders of a trial", () => {
  it("are gone afterwards, also when they were gone before", async () => {
    expect(await removeTrialFolders(folders)).toBe(true);
    rmSync(folders.scratch, { recursive: true, force: true });
    expect(await removeTrialFolders(folders)).toBe(true);
  });
});
