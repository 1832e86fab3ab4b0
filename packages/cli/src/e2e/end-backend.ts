import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 50;

async function parentOf(pid: string): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
  const parent = stat === null ? undefined : stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? null : Number(parent);
}

/**
 * Waits for a backend that was started by this process and has put `text` into `file` of its workspace, and sends it
 * SIGTERM. Reads /proc, so on Linux alone. False when none came before the deadline.
 */
export async function endBackend(file: string, text: string, deadlineMs: number): Promise<boolean> {
  const until = Date.now() + deadlineMs;
  while (Date.now() < until) {
    for (const pid of (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name))) {
      if ((await parentOf(pid)) !== process.pid) continue;
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null);
      const content = cwd === null ? null : await readFile(join(cwd, file), "utf8").catch(() => null);
      if (content?.includes(text) === true) {
        process.kill(Number(pid), "SIGTERM");
        return true;
      }
    }
    await sleep(EVERY_MS);
  }
  return false;
}
