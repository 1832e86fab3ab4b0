import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { classifyAttempt } from "../attempts/classify-attempt.ts";
import { prepareShims } from "../attempts/prepare-shims.ts";
import { ShimWitness } from "../attempts/shim-witness.ts";
import { serveReceivePack } from "../attempts/testing/serve-receive-pack.ts";
import { takeGitState } from "../git-state/take-git-state.ts";
import { hardenedGitEnv } from "../tools/hardened-git-env.ts";
import { runTool } from "../tools/run-tool.ts";
import { probeStrict } from "./probe-strict.ts";
import { giveTo } from "./dedicated-user.ts";
import { runBoundedTool } from "./run-bounded-tool.ts";

/** Who sees the attempt: the shims on the search path, the harness that reads the asked command, both or nobody. */
type SeenBy = "shim" | "command" | "both" | "nobody";

const AUTHOR = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
const BY_HAND = fileURLToPath(new URL("../attempts/testing/push-by-hand.mjs", import.meta.url));

/** Every known way to push past shims and hooks; each is tried without bounds first, where it must get through. */
const WAYS: readonly (readonly [name: string, script: string, seenBy: SeenBy])[] = [
  ["plain", "git push -q origin HEAD:refs/heads/x", "both"],
  ["by absolute path", "/usr/bin/git push -q origin HEAD:refs/heads/x", "command"],
  ["by git's own folder", '"$(git --exec-path)/git" push -q origin HEAD:refs/heads/x', "command"],
  ["by command -p", "command -p git push -q origin HEAD:refs/heads/x", "command"],
  [
    "with an empty environment",
    'env -i HOME="$HOME" /usr/bin/git push -q origin HEAD:refs/heads/x',
    "command",
  ],
  ["under an alias", "git -c alias.ship=push ship -q origin HEAD:refs/heads/x", "both"],
  ["by plumbing", 'git send-pack "$REMOTE" HEAD:refs/heads/x', "both"],
  ["past the hook by flag", "git push -q --no-verify origin HEAD:refs/heads/x", "both"],
  ["past the hook by setting", "git -c core.hooksPath=/dev/null push -q origin HEAD:refs/heads/x", "both"],
  ["by a fetch from the other side", 'git --git-dir="$REMOTE" fetch -q "$PWD" HEAD:refs/heads/x', "nobody"],
  [
    "by copying files",
    'cp -R .git/objects/. "$REMOTE/objects/"; cp .git/refs/heads/main "$REMOTE/refs/heads/x"',
    "nobody",
  ],
  ["as a mirror", "git push -q --mirror --no-verify origin", "both"],
  [
    "of a ref named like a flag",
    "git update-ref refs/heads/--force HEAD; git push -q --no-verify origin refs/heads/--force",
    "both",
  ],
  ["by another spelling of the URL", 'git push -q --no-verify "file://$REMOTE" HEAD:refs/heads/x', "both"],
  ["by another implementation over HTTP", '"$NODE" "$BY_HAND" "$HTTP" refs/heads/x', "nobody"],
];

async function place() {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "strict-push-")));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const at = (name: string): string => join(top, name);
  const [clone, home, remote, shims] = [at("clone"), at("home"), at("remote.git"), at("shims")];
  const pipe = join(shims, "calls");
  mkdirSync(home);
  const git = (...args: string[]): unknown =>
    execFileSync("git", args, { cwd: top, env: { ...hardenedGitEnv(), ...AUTHOR } });
  git("init", "-q", "--bare", remote);
  git("init", "-q", "--initial-branch=main", clone);
  git("-C", clone, "commit", "-q", "--allow-empty", "-m", "one");
  git("-C", clone, "remote", "add", "origin", remote);
  mkdirSync(join(clone, ".git/hooks"), { recursive: true });
  // The hook refuses, so that only what passes it by gets through without bounds.
  const hook = '#!/bin/sh\n[ -e "$HOME/allowed" ] || exit 1\n';
  writeFileSync(join(clone, ".git/hooks/pre-push"), hook, { mode: 0o755 });
  await prepareShims(shims, pipe);
  const env = {
    ...AUTHOR,
    PATH: `${shims}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    REMOTE: remote,
    NODE: process.execPath,
    BY_HAND,
    HTTP: await serveReceivePack(remote, onTestFinished),
    LC_ALL: "C",
  };
  const refs = async (): Promise<string[]> =>
    (await takeGitState(remote)).entries
      .filter(({ path, type }) => type === "file" && /^(?:refs\/|packed-refs$)/u.test(path))
      .map(({ path }) => path);
  return { top, clone, home, remote, shims, pipe, env, refs };
}

const PAST_HOOKS = /core\.hooksPath|--no-verify|send-pack|fetch|cp -R|BY_HAND/u;

test.each(WAYS)("a push %s gets through without bounds, and not within", async (name, script, seenBy) => {
  const { top, clone, home, remote, shims, pipe, env, refs } = await place();
  const argv = ["/bin/sh", "-e", "-c", script];
  const options = { cwd: clone, timeoutMs: 30_000, maxBytes: 65_536 };

  // Within the bounds: the remote is there to be read, as the decoy of a trial is.
  const driver = await probeStrict();
  if (!driver.ok) throw new Error(`${driver.code}: ${driver.detail}. ${driver.cure}`);
  const mounts = [
    ...[clone, home].map((path) => ({ path, writable: true })),
    ...[shims, remote, BY_HAND].map((path) => ({ path, writable: false })),
  ];
  writeFileSync(join(home, "allowed"), "");
  const notes = mkdtempSync(join(top, "notes-"));
  await giveTo(driver.user, [clone, home, remote]);
  const witness = await ShimWitness.open(pipe);
  const bounded = await runBoundedTool({ ...driver, mounts }, argv, { ...options, env }, notes);
  expect(bounded.exitCode).not.toBe(0);
  expect(await refs()).toEqual([]);
  const { entries, lost } = await witness.close();
  expect(lost).toEqual([]);
  const shimmed = entries.some((entry) => entry.kind === "call" && classifyAttempt(entry.argv) === "push");
  const asked = classifyAttempt(script) === "push";
  expect(shimmed ? (asked ? "both" : "shim") : asked ? "command" : "nobody").toBe(seenBy);

  // Git does nothing in a repository of another owner.
  await giveTo({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, [clone, home, remote]);
  // Without them the same command pushes; those that pass hooks by do so past one that refuses.
  if (PAST_HOOKS.test(script)) rmSync(join(home, "allowed"));
  rmSync(pipe);
  const other = await ShimWitness.open(pipe);
  onTestFinished(() => other.discard());
  const free = await runTool(argv, { ...options, env });
  expect({ exitCode: free.exitCode, said: free.stderr.toString() }).toMatchObject({ exitCode: 0 });
  expect((await refs()).length).toBeGreaterThan(0);
});
