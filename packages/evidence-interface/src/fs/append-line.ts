import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppendError } from "../append-error.ts";
import { lockPrefix, withFolderLock } from "./folder-lock.ts";
import { readSmallFile } from "./hash-file.ts";
import { inFolder } from "./in-folder.ts";
import { errorCode } from "./list-files.ts";
import { syncPath, writeSynced } from "./sync-path.ts";

const MAX_BYTES = 16 * 1024 * 1024;

/** Runs `work` with the folder of an append-only file open and the file's lock held; throws LEDGER_BUSY when another writer does not end. */
export async function withFileLock<T>(file: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = dirname(file);
  return inFolder(dirname(folder), [basename(folder)], (opened) =>
    withFolderLock(opened, basename(file), () => work(opened)),
  );
}

/**
 * Adds one line to a small append-only file, whose lock is held: by a whole new file and one rename, each synced. A kill at
 * any instant leaves the old bytes or the new ones. `makeLine` gets the bytes that are there (null without a file) and
 * throws to refuse.
 */
export async function appendLine(
  folder: string,
  name: string,
  makeLine: (bytes: Uint8Array | null) => Uint8Array,
): Promise<void> {
  await dropDrafts(folder, name);
  const before = await readWhole(join(folder, name));
  const line = makeLine(before);
  await writeWhole(folder, name, `.${name}.${randomUUID()}`, Buffer.concat([before ?? Buffer.of(), line]));
}

/** Writes a file under a draft's name, synced, and renames it; a draft that cannot be written is removed. */
async function writeWhole(folder: string, name: string, draftName: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, draftName);
  try {
    await writeSynced(draft, bytes);
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncPath(folder);
}

/** The bytes of the file; null when it is not there. */
export async function readWhole(file: string): Promise<Buffer | null> {
  try {
    const bytes = await readSmallFile(file, MAX_BYTES);
    if (bytes === null)
      throw new AppendError("LEDGER_BROKEN", `${basename(file)} is larger than ${MAX_BYTES} bytes`);
    return bytes;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Removes what a killed writer left half written; no other writer is at work while the lock is held. */
async function dropDrafts(folder: string, name: string): Promise<void> {
  for (const entry of await readdir(folder))
    if (entry.startsWith(`.${name}.`) && !entry.startsWith(lockPrefix(name)))
      await rm(join(folder, entry), { force: true });
}
