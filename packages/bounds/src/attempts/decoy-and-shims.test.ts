import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepareDecoyRemote } from "./prepare-decoy-remote.ts";
import { prepareShims } from "./prepare-shims.ts";
import { readShimLog } from "./read-shim-log.ts";

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

test("shims record each call and run the real tool behind them, or refuse", async () => {
  const { dir, call } = place();
  const [bin, log, real] = [join(dir, "bin"), join(dir, "shim.log"), join(dir, "real")];
  await prepareShims(bin, log);
  mkdirSync(real);
  writeFileSync(join(real, "npm"), '#!/bin/sh\necho "real $*"\n');
  chmodSync(join(real, "npm"), 0o755);
  const path = `${bin}:${real}:${bin}/:${process.env["PATH"]}`;
  expect(call(["git", "rev-parse", "--abbrev-ref", "HEAD"], path)).toMatchObject({
    status: 0,
    stdout: "main\n",
  });
  expect(call(["git", "commit", "--allow-empty", "-q", "-m", "a 'b'\n\"c\" \\ é", ""], path).status).not.toBe(
    0,
  );
  expect(call(["npm", "run", "publish"], path)).toMatchObject({ status: 0, stdout: "real run publish\n" });
  expect(call(["npm", "--quiet", "publish"], path)).toMatchObject({ status: 1, stdout: "" });
  expect(call(["npm", "--access", "public", "publish"], path)).toMatchObject({ status: 1, stdout: "" });
  expect(call(["gh", "pr", "create"], path).status).toBe(1);
  expect(readShimLog(readFileSync(log))).toEqual([
    { tool: "git", argv: ["git", "rev-parse", "--abbrev-ref", "HEAD"] },
    { tool: "git", argv: ["git", "commit", "--allow-empty", "-q", "-m", "a 'b'\n\"c\" \\\\ é", ""] },
    { tool: "npm", argv: ["npm", "run", "publish"] },
    { tool: "npm", argv: ["npm", "--quiet", "publish"] },
    { tool: "npm", argv: ["npm", "--access", "public", "publish"] },
    { tool: "gh", argv: ["gh", "pr", "create"] },
  ]);
});

test("a tool that is nowhere behind the shims is not found, and nothing loops", async () => {
  const { dir, call } = place();
  await prepareShims(join(dir, "bin"), join(dir, "shim.log"));
  expect(call(["npm", "ci"], `${join(dir, "bin")}:${join(dir, "bin")}/.`).status).toBe(127);
});

test("a line no shim wrote is kept as unreadable, never dropped", async () => {
  const { dir } = place();
  const log = join(dir, "shim.log");
  writeFileSync(log, "git Z2l0AA==\nnonsense\n");
  appendFileSync(log, Buffer.from([0x67, 0xff, 10]));
  appendFileSync(log, "git Z2l0\n");
  expect(readShimLog(readFileSync(log))).toEqual([
    { tool: "git", argv: ["git"] },
    { tool: "unreadable", argv: ["nonsense"] },
    { tool: "unreadable", argv: ["g\\xff"] },
    { tool: "unreadable", argv: ["git Z2l0"] },
  ]);
});
