import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppendError } from "../append-error.ts";
import { errorCode } from "./list-files.ts";

/** How long other writers are waited for when nothing else is said, ms. */
const PATIENCE_MS = 10_000;
/** Longest pause between two looks, ms; each pause is random, so that two who met do not meet again. */
const PAUSE_MS = 40;

/** Marks that this process has put down: its own number alone does not say whether the mark is still in use. */
const HELD = new Set<string>();

/**
 * Runs `work` while no other process or call of this one works under the same name in the folder; throws LEDGER_BUSY after
 * `patienceMs`. Every contender puts down a mark of its own and works only when no other live mark is there; a mark names its
 * process, so that one left by a process which is gone is removed and never waited for.
 */
export async function withFolderLock<T>(
  folder: string,
  name: string,
  work: () => Promise<T>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const prefix = lockPrefix(name);
  const mark = `${prefix}${OWN.pid}-${OWN.started}-${OWN.space}-${OWN.boot}-${randomUUID()}`;
  const path = join(folder, mark);
  const deadline = performance.now() + patienceMs;
  HELD.add(mark);
  try {
    while (!(await isAlone(folder, prefix, mark, path))) {
      if (performance.now() > deadline)
        throw new AppendError(
          "LEDGER_BUSY",
          `another process is writing ${name}; remove ${prefix}* in its folder if none is`,
        );
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * PAUSE_MS));
    }
    return await work();
  } finally {
    HELD.delete(mark);
    await rm(path, { force: true });
  }
}

/** How the name of every mark of a lock begins. */
export const lockPrefix = (name: string): string => `.${name}.lock-`;

/** Puts the mark down; takes it back and gives false when another live mark stands beside it. */
async function isAlone(folder: string, prefix: string, mark: string, path: string): Promise<boolean> {
  if (await othersLive(folder, prefix, mark)) return false;
  await (await open(path, "wx", 0o600)).close();
  // Two marks that are put down at once are both seen by the process that looks second: at most one of them works.
  if (!(await othersLive(folder, prefix, mark))) return true;
  await rm(path, { force: true });
  return false;
}

async function othersLive(folder: string, prefix: string, own: string): Promise<boolean> {
  let live = false;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || name === own) continue;
    const owner = parseOwner(name.slice(prefix.length));
    if (owner === null) continue;
    if (isLive(name, owner)) live = true;
    else await rm(join(folder, name), { force: true });
  }
  return live;
}

/** What a mark says of its process: number, start in clock ticks, namespace of processes, boot. */
interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly space: string;
  readonly boot: string;
}

const MARK = /^([1-9][0-9]{0,9})-([0-9]{1,20})-([0-9]{1,20})-([0-9a-f]{8})-[0-9a-f-]{36}$/;

function parseOwner(text: string): Owner | null {
  const [, pid, started = "", space = "", boot = ""] = MARK.exec(text) ?? [];
  return pid === undefined ? null : { pid: Number(pid), started, space, boot };
}

function isLive(name: string, { pid, started, space, boot }: Owner): boolean {
  if (boot !== OWN.boot) return false;
  // A process of another namespace cannot be looked at: it counts as live.
  if (space !== OWN.space) return true;
  if (pid === OWN.pid && started === OWN.started) return HELD.has(name);
  const now = startOf(pid);
  return now === null ? answers(pid) : now === started;
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** Start of a process in clock ticks since boot; null when it cannot be read, "gone" for one that has ended. */
function startOf(pid: number | "self"): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "gone" : (fields[19] ?? null);
  } catch {
    return null;
  }
}

const OWN: Owner = {
  pid: process.pid,
  started: startOf("self") ?? "0",
  space: existsSync("/proc/self/ns/pid") ? readlinkSync("/proc/self/ns/pid").replace(/[^0-9]/g, "") : "0",
  boot: bootOf(),
};

function bootOf(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return "00000000";
  }
}
