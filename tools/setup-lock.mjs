// One installer at a time in one clone: a lock folder that appears atomically with its owner inside.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const DEADLINE_MS = 10 * 60_000;
const POLL_MS = 200;
const HELD = ["ENOTEMPTY", "EEXIST", "EPERM"];

/** Runs `work` while holding the lock folder; waits for a living owner, replaces a dead one, gives up at the deadline. */
export async function withLock(folder, work, deadlineMs = DEADLINE_MS) {
  const end = Date.now() + deadlineMs;
  while (!acquire(folder)) {
    if (Date.now() > end) throw new Error(`${folder} is held for too long; remove it if no setup is running`);
    if (isStale(folder)) removeStale(folder);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    discard(folder);
  }
}

/** A folder can be renamed onto a path only if nothing is there, so a lock is never seen without its owner. */
function acquire(folder) {
  const draft = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(draft, "owner.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
    renameSync(draft, folder);
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (HELD.includes(error.code)) return false;
    throw error;
  }
}

/** Stale when the owner died on this machine, or (an owner elsewhere, a reused pid) when no install can last so long. */
function isStale(folder) {
  try {
    const file = join(folder, "owner.json");
    const owner = JSON.parse(readFileSync(file, "utf8"));
    const age = Date.now() - statSync(file).mtimeMs;
    return age > DEADLINE_MS || (owner.host === hostname() && !isAlive(owner.pid));
  } catch {
    return false;
  }
}

/** Whoever made `breaking` inside looks again: between the first look and now a living owner may have come. */
function removeStale(folder) {
  const breaking = join(folder, "breaking");
  try {
    mkdirSync(breaking);
  } catch {
    return;
  }
  if (isStale(folder)) discard(folder);
  else rmdirSync(breaking);
}

/** Moved away in one step first, so that nobody sees it half removed. */
function discard(folder) {
  const away = `${folder}-${process.pid}-gone`;
  renameSync(folder, away);
  rmSync(away, { recursive: true, force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
