import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hardenedGitEnv } from "../tools/hardened-git-env.ts";
import { readSourceFacts } from "./read-source-facts.ts";

const git = (cwd: string, ...words: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.invalid", ...words], {
    cwd,
    env: hardenedGitEnv(),
    encoding: "utf8",
    timeout: 20_000,
  }).trim();

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "source facts-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function commit(dir: string, file: string, text = `${file}\n`): void {
  mkdirSync(join(dir, file, ".."), { recursive: true });
  writeFileSync(join(dir, file), text);
  git(dir, "add", "-A");
  git(dir, "commit", "-q", "-m", file);
}

test("a clone knows its address and no fetch, and how far it lies behind once it has fetched", async () => {
  const origin = folder();
  git(origin, "init", "-q", "-b", "main");
  commit(origin, "a.ts");
  const clone = join(folder(), "clone");
  git(origin, "clone", "-q", origin, clone);
  expect(await readSourceFacts(clone)).toEqual({
    repository: origin,
    signed: false,
    licenceFiles: [],
    lag: null,
  });
  commit(origin, "b.ts");
  commit(origin, "c.ts");
  const before = Date.now() - 5000;
  git(clone, "fetch", "-q");
  const { lag } = await readSourceFacts(clone);
  expect(lag?.commits).toBe(2);
  expect(lag?.fetchedAtMs).toBeGreaterThan(before);
});

test("a licence is found in the whole history, whatever its spelling and folder", async () => {
  const dir = folder();
  git(dir, "init", "-q", "-b", "main");
  commit(dir, "packages/x/licence.md");
  git(dir, "rm", "-q", "packages/x/licence.md");
  git(dir, "commit", "-q", "-m", "gone");
  git(dir, "checkout", "-q", "-b", "side");
  commit(dir, "COPYING");
  git(dir, "checkout", "-q", "main");
  commit(dir, "src/silence.ts");
  expect((await readSourceFacts(dir)).licenceFiles).toEqual(["COPYING", "packages/x/licence.md"]);
});

test("secrets in the address are left out", async () => {
  const dir = folder();
  git(dir, "init", "-q");
  git(dir, "remote", "add", "origin", "https://user:secret@example.invalid/a/b.git");
  expect((await readSourceFacts(dir)).repository).toBe("https://example.invalid/a/b.git");
});

test("a signed commit is told from a message that only mentions one, and no verifier is run", async () => {
  const dir = folder();
  const key = join(dir, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], { timeout: 10_000 });
  git(dir, "init", "-q", "-b", "main");
  const trap = join(dir, "trap.log");
  const program = join(dir, "trap.sh");
  writeFileSync(program, `#!/bin/sh\necho ran >> '${trap}'\n`, { mode: 0o755 });
  for (const name of ["gpg.program", "gpg.ssh.program"]) git(dir, "config", name, program);
  git(dir, "config", "log.showSignature", "true");
  git(dir, "commit", "-q", "--allow-empty", "-m", "plain\n\ngpgsig is only said here");
  expect((await readSourceFacts(dir)).signed).toBe(false);
  const signing = [
    "-c",
    "gpg.format=ssh",
    "-c",
    "gpg.ssh.program=ssh-keygen",
    "-c",
    `user.signingKey=${key}`,
  ];
  git(dir, ...signing, "commit", "-q", "-S", "--allow-empty", "-m", "signed");
  expect((await readSourceFacts(dir)).signed).toBe(true);
  expect(existsSync(trap)).toBe(false);
});
