import { randomUUID } from "node:crypto";
import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { foldersBelow, inFolder } from "./in-folder.ts";
import { errorCode } from "./list-files.ts";
import { syncPath } from "./sync-path.ts";

/**
 * Writes a folder that is never changed afterwards: whole or not at all, never over another one, and never through a link
 * that stands for a folder below `root`. `fill` writes into the given folder, whose path is this process's alone. False when
 * something stands there already.
 */
export async function writeNewFolder(
  root: string,
  target: string,
  fill: (folder: string) => Promise<void>,
): Promise<boolean> {
  return inFolder(root, foldersBelow(root, target), async (parent) => {
    const draft = join(parent, `.writing-${randomUUID()}`);
    await mkdir(draft);
    try {
      await fill(draft);
      if (!(await moveFolder(draft, join(parent, basename(target))))) return false;
      await syncPath(parent);
      return true;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
}

/** Gives a folder its name; false when something has that name. */
export async function moveFolder(from: string, to: string): Promise<boolean> {
  // rename() onto an empty folder succeeds silently, so what exists is refused first; onto a full one it fails by itself.
  const taken = await lstat(to).then(
    () => true,
    () => false,
  );
  if (taken) return false;
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}
