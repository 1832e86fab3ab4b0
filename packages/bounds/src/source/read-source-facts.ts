import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { askGit } from "./read-commit.ts";

/** What a reviewer wants to know of a checkout besides its files. */
export interface SourceFacts {
  /** Address that the checkout was cloned from, as its configuration says, without user and password; null without one. */
  readonly repository: string | null;
  /** Whether the commit carries a signature. It is not verified: that would run a program which the checkout names. */
  readonly signed: boolean;
  /** Paths in the history of any ref that look like a licence, sorted; empty when there is none. */
  readonly licenceFiles: readonly string[];
  /** Commits between HEAD and the newest fetched commit of the remote's main branch; null when no fetch is known. */
  readonly lag: { readonly commits: number; readonly fetchedAtMs: number } | null;
}

const LICENCES = ["LICENSE*", "LICENCE*", "COPYING*", "NOTICE*", "UNLICENSE*"].flatMap((name) => [
  `:(icase,glob)${name}`,
  `:(icase,glob)**/${name}`,
]);

/** Reads facts about HEAD from refs, objects and configuration; runs nothing that the checkout configures. */
export async function readSourceFacts(checkout: string): Promise<SourceFacts> {
  const [address, commit, history] = await Promise.all([
    askGit(checkout, ["config", "--get", "remote.origin.url"]),
    askGit(checkout, ["cat-file", "commit", "HEAD"]),
    askGit(checkout, [
      "log",
      "--all",
      "--format=",
      "--name-only",
      "-z",
      "--no-ext-diff",
      "--no-textconv",
      "--no-show-signature",
      "--no-mailmap",
      "--",
      ...LICENCES,
    ]),
  ]);
  return {
    repository: address === null ? null : withoutSecrets(address.toString("utf8").trim()),
    signed: commit !== null && /\ngpgsig(?:-sha256)? /u.test(headerOf(commit)),
    licenceFiles: [...new Set(namesOf(history))].toSorted(),
    lag: await readLag(checkout),
  };
}

const headerOf = (commit: Buffer): string => commit.toString("latin1").split("\n\n", 1)[0] ?? "";

const namesOf = (listed: Buffer | null): string[] =>
  (listed?.toString("utf8") ?? "").split("\0").filter((name) => name !== "");

/** User and password of an address are nobody's business who reads the record. */
const withoutSecrets = (address: string): string => address.replace(/^(\w+:\/\/)[^/@]*@/u, "$1");

async function readLag(checkout: string): Promise<SourceFacts["lag"]> {
  const fetched = await fetchedAt(checkout);
  if (fetched === null) return null;
  for (const ref of ["origin/HEAD", "origin/main", "origin/master"]) {
    const counted = await askGit(checkout, ["rev-list", "--count", `HEAD..refs/remotes/${ref}`]);
    if (counted !== null) return { commits: Number(counted.toString()), fetchedAtMs: fetched };
  }
  return null;
}

/** A fresh clone has no FETCH_HEAD: when it was made is not when the remote was last asked, and so unknown. */
async function fetchedAt(checkout: string): Promise<number | null> {
  const path = (await askGit(checkout, ["rev-parse", "--git-path", "FETCH_HEAD"]))?.toString().trim();
  if (path === undefined) return null;
  try {
    return Math.floor((await stat(resolve(checkout, path))).mtimeMs);
  } catch {
    return null;
  }
}
