import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepareDecoyRemote } from "./prepare-decoy-remote.ts";

const AUTHOR = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};

/** A folder with a quote and a space in its name, holding a repository with one commit and a home. */
function place() {
  const dir = mkdtempSync(join(tmpdir(), "it's a decoy-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const [clone, home] = [join(dir, "clone"), join(dir, "home")];
  mkdirSync(home);
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, ...AUTHOR };
  execFileSync("git", ["init", "-q", "--initial-branch=main", clone], { env });
  execFileSync("git", ["commit", "-q", "--allow-empty", "-m", "one"], { cwd: clone, env });
  const call = (argv: string[], path = env.PATH) =>
    spawnSync(argv[0] ?? "", argv.slice(1), {
      cwd: clone,
      env: { ...env, PATH: path },
      encoding: "utf8",
      timeout: 30_000,
    });
  return { dir, clone, home, call };
}

test("the decoy refuses every push, counts it, and keeps its refs", async () => {
  const { dir, home, call } = place();
  const decoy = await prepareDecoyRemote(join(dir, "remotes/origin"));
  const digest = await decoy.refsDigest();
  expect(await decoy.readAttempts()).toBe(0);
  writeFileSync(join(home, ".gitconfig"), "[core]\n\thooksPath = /dev/null\n");
  for (const args of [
    ["push", decoy.url, "HEAD:main"],
    ["push", "--no-verify", "--mirror", decoy.url],
    ["-c", "core.hooksPath=/dev/null", "push", decoy.url, "HEAD:x"],
    ["send-pack", decoy.url, "HEAD:refs/heads/y"],
  ]) {
    expect(call(["git", ...args]).status).not.toBe(0);
  }
  expect(await decoy.readAttempts()).toBe(4);
  expect(await decoy.refsDigest()).toBe(digest);
});

test("a ref that got into the decoy all the same shows in its digest", async () => {
  const { dir, clone, call } = place();
  const decoy = await prepareDecoyRemote(join(dir, "origin"));
  const digest = await decoy.refsDigest();
  expect(call(["git", "--git-dir", decoy.url, "fetch", "-q", clone, "main:main"]).status).toBe(0);
  expect(await decoy.refsDigest()).not.toBe(digest);
});

test("a counter that is gone is told and never read as none", async () => {
  const { dir } = place();
  const decoy = await prepareDecoyRemote(join(dir, "origin"));
  rmSync(join(dir, "origin/attempts.log"));
  await expect(decoy.readAttempts()).rejects.toMatchObject({ code: "COUNTER_UNREADABLE" });
});

test("a fifo in place of the counter is told and does not hang the harness", async () => {
  const { dir } = place();
  const decoy = await prepareDecoyRemote(join(dir, "origin"));
  rmSync(join(dir, "origin/attempts.log"));
  execFileSync("mkfifo", [join(dir, "origin/attempts.log")]);
  await expect(decoy.readAttempts()).rejects.toMatchObject({ code: "COUNTER_UNREADABLE" });
});
