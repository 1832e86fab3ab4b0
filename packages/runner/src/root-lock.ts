import { open, readFile, rm, type FileHandle } from "node:fs/promises";
import { errorCode } from "@stage6/evidence-interface/fs";
import { RunnerError } from "./runner-error.ts";

/** Whether a process of this machine is alive; one that we may not signal counts as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

async function take(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "wx", 0o644);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return null;
  }
}

/**
 * Runs `work` while holding the root's lock file, so that two runs never drive the same plan at once. A lock whose
 * owner is gone is taken over. Throws ROOT_BUSY when another run is alive.
 */
export async function withRootLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  let file = await take(path);
  if (file === null) {
    const owner = Number.parseInt(await readFile(path, "utf8").catch(() => ""), 10);
    if (Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner))
      throw new RunnerError("ROOT_BUSY", `another run (process ${owner}) uses this harness root`);
    await rm(path, { force: true });
    file = await take(path);
    if (file === null) throw new RunnerError("ROOT_BUSY", "another run uses this harness root");
  }
  try {
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
