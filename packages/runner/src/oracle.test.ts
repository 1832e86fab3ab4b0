import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { takeSnapshot } from "@stage6/bounds";
import { sha256 } from "@stage6/evidence-interface";
import { ownUid } from "@stage6/evidence-interface/fs";
import type { Fixture } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runOracle } from "./oracle.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { writeFiles } from "./testing/trial-root.ts";
import { toolPath } from "./tool-path.ts";

const TEST = "grep -q new src/value.txt";

let folder: string;

beforeEach(() => {
  folder = makeTempFolder();
  mkdirSync(join(folder, "run"));
  writeFiles(folder, {
    "workspace/src/value.txt": "new\n",
    "workspace/.git/config": "",
    "outside/check.sh": "exit 0\n",
  });
});
afterEach(() => removeTempFolder(folder));

const workspace = (path: string): string => join(folder, "workspace", path);

async function judge(
  argv: readonly string[],
  files: Readonly<Record<string, string>> = {},
  timeoutMs = 10_000,
) {
  const fixture: Fixture = {
    schemaVersion: "1.0",
    id: "one",
    title: "One",
    repository: { bundle: "repo.bundle", baseCommit: "b".repeat(40), baseTree: "c".repeat(40) },
    task: { file: "task.md", sha256: sha256("") },
    allowedPaths: ["src/**"],
    expects: "change",
    oracle: {
      argv: [...argv],
      files: Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) })),
    },
    script: null,
  };
  writeFiles(join(folder, "fixture", "oracle"), files);
  const { end } = await runOracle({
    fixture,
    fixtureFolder: join(folder, "fixture"),
    workspace: join(folder, "workspace"),
    owners: ownUid(),
    after: await takeSnapshot(join(folder, "workspace")),
    folder: join(folder, "run"),
    log: join(folder, "run", "log"),
    path: toolPath(),
    timeoutMs,
    strict: null,
  });
  return end;
}

describe("an oracle", () => {
  it("passes by exit code 0 on a copy of the tree, without its .git", async () => {
    expect(
      await judge(["sh", "-c", `${TEST}; test ! -e .git && echo fine && echo x > src/value.txt`]),
    ).toEqual({
      state: "passed",
      exitCode: 0,
      durationMs: expect.any(Number),
      reason: null,
    });
    expect(readFileSync(join(folder, "run", "log"), "utf8")).toBe("fine\n");
    expect(readFileSync(workspace("src/value.txt"), "utf8")).toBe("new\n");
  });

  it("fails by any other exit code or a signal", async () => {
    expect(await judge(["sh", "-c", "exit 7"])).toMatchObject({ state: "failed", exitCode: 7, reason: null });
    rmSync(join(folder, "run"), { recursive: true });
    mkdirSync(join(folder, "run"));
    expect(await judge(["sh", "-c", "kill -9 $$"])).toMatchObject({ state: "failed", exitCode: null });
  });

  it("that hangs is failed with the reason", async () => {
    expect(await judge(["sh", "-c", "sleep 60"], {}, 1000)).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/^ended by (total|idle)-limit$/),
    });
  });

  it("that cannot be started is an error, never a verdict on the lane", async () => {
    expect(await judge(["no-such-command-of-any-kind"])).toMatchObject({
      state: "error",
      exitCode: null,
      reason: "no-such-command-of-any-kind: ENOENT",
    });
  });

  it("sees nothing of the harness's environment", async () => {
    await judge(["env"]);
    const names = readFileSync(join(folder, "run", "log"), "utf8").matchAll(/^([A-Z_0-9a-z]+)=/gmu);
    const known = new Set(["PATH", "HOME", "TMPDIR", "LANG", "CI", "PWD", "_", "SHLVL"]);
    expect([...names].map(([, name]) => name ?? "").filter((name) => !known.has(name))).toEqual([
      "STAGE6_RUN",
    ]);
  });

  it("judges with its own test, not with the one the lane left", async () => {
    writeFiles(folder, { "workspace/test/check.sh": "exit 0\n", "workspace/src/value.txt": "old\n" });
    expect(await judge(["sh", "test/check.sh"], { "test/check.sh": TEST })).toMatchObject({
      state: "failed",
    });
  });

  it("lays its files over a link that the lane left, and not through it", async () => {
    mkdirSync(workspace("test"));
    symlinkSync(join(folder, "outside", "check.sh"), workspace("test/check.sh"));
    expect(await judge(["sh", "test/check.sh"], { "test/check.sh": TEST })).toMatchObject({
      state: "passed",
    });
    expect(readFileSync(join(folder, "outside", "check.sh"), "utf8")).toBe("exit 0\n");
  });

  it("lays its files over a folder that the lane made a link, and not through it", async () => {
    symlinkSync(join(folder, "outside"), workspace("test"));
    expect(await judge(["sh", "test/check.sh"], { "test/check.sh": TEST })).toMatchObject({
      state: "passed",
    });
    expect(readFileSync(join(folder, "outside", "check.sh"), "utf8")).toBe("exit 0\n");
    expect(existsSync(join(folder, "outside", "sub"))).toBe(false);
  });

  it("lays its files over a file or folder in their way", async () => {
    writeFiles(folder, { "workspace/test": "a file\n", "workspace/deep/check.sh/x": "a folder\n" });
    const files = { "test/sub/check.sh": TEST, "deep/check.sh": TEST };
    expect(await judge(["sh", "-c", "sh test/sub/check.sh && sh deep/check.sh"], files)).toMatchObject({
      state: "passed",
    });
  });

  it("does not run with files other than the fixture names", async () => {
    const changed = judge(["true"], { "check.sh": TEST });
    writeFiles(join(folder, "fixture", "oracle"), { "check.sh": "exit 0\n" });
    expect(await changed).toMatchObject({
      state: "error",
      reason: "oracle file check.sh is not the one that the fixture names",
    });
  });

  it("leaves a FIFO and names outside UTF-8 out of its copy, and keeps links as links", async () => {
    execFileSync("mkfifo", [workspace("src/pipe")]);
    writeFiles(folder, { "workspace/src/a\\b": "odd" });
    symlinkSync("/dev/zero", workspace("src/endless"));
    const check = `test ! -e src/pipe && test -L src/endless && ${TEST}`;
    expect(await judge(["sh", "-c", check])).toMatchObject({ state: "passed" });
  });
});
