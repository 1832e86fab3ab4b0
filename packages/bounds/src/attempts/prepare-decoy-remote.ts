import { createHash } from "node:crypto";
import { chmod, mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "@stage6/evidence-interface";
import { HeldFolder } from "@stage6/evidence-interface/fs";
import { BoundsError } from "../bounds-error.ts";
import { takeGitState } from "../git-state/take-git-state.ts";
import { shellQuote } from "./shell-quote.ts";

/** Longest counter that is read, bytes; a push adds five. */
const MAX_COUNTER_BYTES = 1024 * 1024;

const COUNTER = "attempts.log";

/** A remote that refuses every push and counts it. */
export interface DecoyRemote {
  /** Absolute path of the bare repository, usable as a git remote. */
  readonly url: string;
  /** Pushes that reached it; throws {@link BoundsError} `COUNTER_UNREADABLE` when the counter is gone. */
  readonly readAttempts: () => Promise<number>;
  /** Digest of its HEAD and refs, read by file walk: equal before and after means nothing was pushed. */
  readonly refsDigest: () => Promise<Sha256>;
}

// Refusing twice: a push that gets past one hook meets the other, and the refs digest would still tell.
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	hooksPath = hooks
[receive]
	denyDeletes = true
	denyNonFastForwards = true
	denyCurrentBranch = refuse
	autogc = false
[gc]
	auto = 0
`;

/**
 * Makes a bare repository in `dir` (made when missing) whose hooks refuse every update; the counter lies beside the
 * repository. A process of the same user could undo all of it: attempts are telemetry, the refs digest is the truth.
 */
export async function prepareDecoyRemote(dir: string): Promise<DecoyRemote> {
  await mkdir(dir, { recursive: true });
  const home = await realpath(dir);
  const url = join(home, "remote.git");
  const counter = join(home, COUNTER);
  await mkdir(join(url, "objects"), { recursive: true });
  await mkdir(join(url, "refs", "heads"), { recursive: true });
  await writeFile(join(url, "HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(url, "config"), CONFIG);
  await mkdir(join(url, "hooks"), { recursive: true });
  await writeHook(join(url, "hooks", "pre-receive"), `printf 'push\\n' >> ${shellQuote(counter)}\n`);
  await writeHook(join(url, "hooks", "update"), "");
  await writeFile(counter, "", { flag: "wx" });
  return { url, readAttempts: async () => readAttempts(home), refsDigest: () => refsDigest(url) };
}

async function writeHook(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}echo 'this remote takes no pushes' >&2\nexit 1\n`);
  await chmod(file, 0o755);
}

function readAttempts(home: string): number {
  try {
    // A process of the run may have put a FIFO, a link or another folder in its place.
    const held = HeldFolder.open(home);
    try {
      const bytes = held.read(COUNTER, { maxBytes: MAX_COUNTER_BYTES });
      return bytes.filter((byte) => byte === 10).length;
    } finally {
      held.close();
    }
  } catch (error) {
    throw new BoundsError("COUNTER_UNREADABLE", "the push counter cannot be read", error);
  }
}

async function refsDigest(url: string): Promise<Sha256> {
  const hash = createHash("sha256");
  for (const { path, type, sha256, target } of (await takeGitState(url)).entries) {
    if (/^(?:refs\/.+|packed-refs|HEAD|\.)$/u.test(path))
      hash.update(`${JSON.stringify([path, type, sha256, target])}\n`);
  }
  return `sha256:${hash.digest("hex")}`;
}
