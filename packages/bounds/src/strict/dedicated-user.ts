import { randomInt } from "node:crypto";
import { lchown, lstat, readdir, readFile, stat } from "node:fs/promises";
import { BoundsError } from "../bounds-error.ts";
import type { NumericUser } from "./launch/launch-program.ts";

/** Numbers that distributions leave to users who exist only while something runs (systemd's DynamicUser=). */
const FIRST = 61_184;
const LAST = 65_519;
const ATTEMPTS = 64;
const SLASH = Buffer.from("/");

/**
 * A user of this moment for the processes of a harness that is root: no account has its number, and no process runs
 * under it. Null for a harness that is not root, whose user namespaces rename it. Throws {@link BoundsError}
 * `STRICT_NOT_STARTED` when no number is free.
 */
export async function dedicatedUser(): Promise<NumericUser | null> {
  if (process.getuid?.() !== 0) return null;
  const taken = new Set([...(await accounts()), ...(await running())]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const id = randomInt(FIRST, LAST + 1);
    if (!taken.has(id)) return { uid: id, gid: id };
  }
  throw new BoundsError("STRICT_NOT_STARTED", `no user number from ${FIRST} to ${LAST} is free`);
}

async function accounts(): Promise<number[]> {
  const lines = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n");
  return lines.map((line) => Number(line.split(":")[2]));
}

async function running(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/u.test(name));
  const owners = pids.map((pid) =>
    stat(`/proc/${pid}`).then(
      ({ uid }) => uid,
      () => 0,
    ),
  );
  return Promise.all(owners);
}

/**
 * Gives folders and all that lies in them to a user, links themselves and not what they point to; nothing to do for a
 * null user. Only for folders in which no other process works yet. Throws {@link BoundsError} `STRICT_NOT_STARTED`.
 */
export async function giveTo(user: NumericUser | null, paths: readonly string[]): Promise<void> {
  if (user === null) return;
  try {
    for (const path of paths) await giveTree(user, Buffer.from(path), (await lstat(path)).isDirectory());
  } catch (error) {
    throw new BoundsError("STRICT_NOT_STARTED", "cannot give the trial's folders to its user", error);
  }
}

/** Names are bytes: a repository may hold one that is no text. */
async function giveTree(user: NumericUser, path: Buffer, isFolder: boolean): Promise<void> {
  await lchown(path, user.uid, user.gid);
  if (!isFolder) return;
  for (const entry of await readdir(path, { withFileTypes: true, encoding: "buffer" }))
    await giveTree(user, Buffer.concat([path, SLASH, entry.name]), entry.isDirectory());
}
