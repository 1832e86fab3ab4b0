import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { errorCode } from "@stage6/evidence-interface/fs";
import { RunnerError } from "./runner-error.ts";

/** Locks that this very process holds: its pid alone cannot tell them from one that a dead namesake left. */
const HELD = new Set<string>();

/** Whether a process of this machine is alive; one that we may not signal counts as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Puts the lock in place with its owner already in it, so that nobody ever reads one without; false when it is taken. */
async function take(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${process.pid}\n`, { flag: "wx", mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readOwner(path: string): Promise<number | null> {
  const owner = Number.parseInt(await readFile(path, "utf8").catch(() => ""), 10);
  return Number.isInteger(owner) && owner > 0 ? owner : null;
}

function busy(owner: number | null): RunnerError {
  return new RunnerError(
    "ROOT_BUSY",
    owner === null
      ? "another run uses this harness root"
      : `another run (process ${owner}) uses this harness root`,
  );
}

/** Moves the lock of a dead owner away. One that was taken anew in between is moved back. */
async function removeStale(path: string): Promise<void> {
  const owner = await readOwner(path);
  if (owner !== null && owner !== process.pid && isAlive(owner)) throw busy(owner);
  const stale = `${path}.${randomUUID()}`;
  try {
    await rename(path, stale);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readOwner(stale);
  if (moved !== owner) await link(stale, path).catch(() => undefined);
  await rm(stale, { force: true });
  if (moved !== owner) throw busy(moved);
}

/**
 * Runs `work` while holding the root's lock file, so that two runs never drive the same plan at once. A lock whose
 * owner is gone is taken over. Throws ROOT_BUSY when another run is alive.
 */
export async function withRootLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const held = resolve(path);
  if (HELD.has(held)) throw busy(process.pid);
  HELD.add(held);
  try {
    if (!(await take(path))) {
      await removeStale(path);
      if (!(await take(path))) throw busy(null);
    }
    try {
      return await work();
    } finally {
      await rm(path, { force: true });
    }
  } finally {
    HELD.delete(held);
  }
}
