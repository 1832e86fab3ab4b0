import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode, readSmallFile, syncPath } from "@stage6/evidence-interface/fs";
import { EligibilityError } from "../eligibility-error.ts";

const MAX_BYTES = 16 * 1024 * 1024;
/** How long another writer is waited for, ms, and how often it is looked for. */
const PATIENCE_MS = 10_000;
const POLL_MS = 20;

/**
 * Adds one line to a small append-only file: under a lock, by a whole new file and one rename, each synced. A kill at any
 * instant leaves the old bytes or the new ones. `makeLine` gets the bytes that are there (null without a file) and
 * throws to refuse.
 */
export async function appendLine(
  file: string,
  makeLine: (bytes: Uint8Array | null) => Uint8Array,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unlock = await lock(file);
  try {
    await dropDrafts(file);
    const before = await readWhole(file);
    const line = makeLine(before);
    const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
    const handle = await open(draft, "wx", 0o644);
    try {
      await handle.writeFile(Buffer.concat([before ?? Buffer.of(), line]));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncPath(dirname(file));
  } finally {
    await unlock();
  }
}

/** The bytes of the file; null when it is not there. */
export async function readWhole(file: string): Promise<Buffer | null> {
  try {
    const bytes = await readSmallFile(file, MAX_BYTES);
    if (bytes === null)
      throw new EligibilityError("LEDGER_BROKEN", `${file} is larger than ${MAX_BYTES} bytes`);
    return bytes;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Removes what a killed writer left half written; nobody else writes while the lock is held. */
async function dropDrafts(file: string): Promise<void> {
  const prefix = `.${basename(file)}.`;
  for (const name of await readdir(dirname(file)))
    if (name.startsWith(prefix) && name !== `${prefix}lock`)
      await rm(join(dirname(file), name), { force: true });
}

/** Takes the lock of a file: one that names a process which is gone is taken over. */
async function lock(file: string): Promise<() => Promise<void>> {
  const path = join(dirname(file), `.${basename(file)}.lock`);
  const mine = join(dirname(file), `.${basename(file)}-lock.${randomUUID()}`);
  // Linked when it is written, so that no lock ever stands there without the process it belongs to.
  await writeFile(mine, String(process.pid), { flag: "wx", mode: 0o600 });
  try {
    for (let waited = 0; ; waited += POLL_MS) {
      if (await linked(mine, path)) return () => rm(path, { force: true });
      if (await isAbandoned(path)) await rm(path, { force: true });
      else if (waited >= PATIENCE_MS)
        throw new EligibilityError(
          "LEDGER_BUSY",
          `another process is writing ${file}; remove ${path} if none is`,
        );
      else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const holder = await readSmallFile(path, 64).catch(() => null);
  const pid = Number(holder?.toString("utf8") ?? "");
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }
}
