import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compareGitState } from "../../git-state/compare-git-state.ts";
import { takeGitState } from "../../git-state/take-git-state.ts";
import { compileAllowedPaths } from "../../paths/compile-allowed-paths.ts";
import { hardenedGitEnv } from "../../tools/hardened-git-env.ts";
import { compareSnapshots } from "../compare-snapshots.ts";
import { digestTree, takeSnapshot } from "../take-snapshot.ts";
import type { AdversarialCase } from "./adversarial-cases.ts";

/** A clone and the protected trees beside it. */
export interface AdversarialPlaces {
  readonly clone: string;
  readonly home: string;
  readonly other: string;
  /** For files of the script's own. */
  readonly keep: string;
}

/** What was seen of one case. */
export interface AdversarialSight {
  /** Whether the script ran to its end. */
  readonly ran: boolean;
  /** Judged changes as `path kind rule-or-verdict`, those only touched left out unless the case is about them. */
  readonly tree: readonly string[];
  readonly git: readonly string[];
  /** Protected trees that changed. */
  readonly outside: readonly string[];
  readonly verdict: "V" | "A" | "T";
}

/** Environment of a case's script. */
export type AdversarialEnv = Readonly<Record<string, string>>;

const AUTHOR = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
const run = promisify(execFile);

/** Makes the repository that every case clones, in a folder of its own; returns that folder. */
export function seedAdversarialRepository(onEnd: (clean: () => void) => void): string {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "adversarial-")));
  onEnd(() => {
    execFileSync("chmod", ["-R", "u+rwx", top]);
    execFileSync("rm", ["-rf", top]);
  });
  const seed = join(top, "seed");
  for (const dir of ["src", "docs"]) mkdirSync(join(seed, dir), { recursive: true });
  writeFileSync(join(seed, "src/a.ts"), "a\n");
  writeFileSync(join(seed, "docs/a.md"), "doc a\n");
  writeFileSync(join(seed, ".gitignore"), "cache/\n");
  const git = (...args: string[]): unknown =>
    execFileSync("git", args, { cwd: seed, env: { ...hardenedGitEnv(), ...AUTHOR } });
  git("init", "-q", "--initial-branch=main");
  git("add", "-A");
  git("commit", "-q", "-m", "base");
  git("tag", "base");
  return top;
}

/** Clones, lets `prepare` have its way, looks, lets `execute` run the case's script as a real process, looks again and judges. */
export async function driveAdversarialCase(
  top: string,
  item: AdversarialCase,
  execute: (places: AdversarialPlaces, env: AdversarialEnv) => Promise<boolean>,
  prepare: (places: AdversarialPlaces) => Promise<void> = () => Promise.resolve(),
): Promise<AdversarialSight> {
  const trial = join(top, item.id.replaceAll(" ", "-"));
  const at = (name: string): string => join(trial, name);
  const places = { clone: at("clone"), home: at("home"), other: at("other"), keep: at("keep") };
  for (const dir of [places.home, places.other, places.keep]) mkdirSync(dir, { recursive: true });
  writeFileSync(join(places.other, "secret"), "secret\n");
  await run("git", ["clone", "-q", "--no-hardlinks", join(top, "seed"), places.clone], {
    env: hardenedGitEnv(),
  });
  mkdirSync(join(places.clone, "cache"));
  writeFileSync(join(places.clone, "cache/x"), "x\n");
  const allowed = compileAllowedPaths(["src/**", "caf\u00e9.md"]);
  if (!allowed.ok) throw new Error("globs");

  await prepare(places);
  const before = await look(places);
  const ran = await execute(places, {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: places.home,
    OTHER: places.other,
    KEEP: places.keep,
    NODE: process.execPath,
    LC_ALL: "C",
    ...AUTHOR,
  });
  const after = await look(places);
  if (ran && item.undo !== undefined) await run("sh", ["-e", "-c", item.undo], { cwd: places.clone });

  const changes = compareSnapshots(before.tree, after.tree, allowed);
  const git = compareGitState(before.git, after.git);
  const outside = (["home", "other"] as const).filter((name) => before[name] !== after[name]);
  const seen =
    changes.some(({ verdict }) => verdict === "violation") ||
    git.some(({ kind }) => kind !== "touched") ||
    outside.length > 0;
  const touched = changes.length > 0 && changes.every(({ verdict }) => verdict === "touched");
  return {
    ran,
    tree: changes
      .filter(({ verdict }) => item.right === "T" || verdict !== "touched")
      .map(({ path, kind, verdict, rule }) => `${path} ${kind} ${rule ?? verdict}`),
    git: git.map(({ path, kind }) => `${path} ${kind}`),
    outside,
    verdict: seen ? "V" : touched ? "T" : "A",
  };
}

async function look({ clone, home, other }: AdversarialPlaces) {
  const digest = async (dir: string): Promise<string> => (await digestTree(dir, { skipGit: false })).digest;
  return {
    tree: await takeSnapshot(clone),
    git: await takeGitState(join(clone, ".git")),
    home: await digest(home),
    other: await digest(other),
  };
}
