import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { foldersBelow, inFolder, syncPath } from "@stage6/evidence-interface/fs";

/** Puts new bytes in place of a configuration file below `root`, whole or not at all, and through no link. Never for evidence, which is written once. */
export async function replaceFile(
  root: string,
  target: string,
  bytes: Uint8Array,
  mode = 0o644,
): Promise<void> {
  await inFolder(root, foldersBelow(root, target), async (folder) => {
    const draft = join(folder, `.${basename(target)}.${randomUUID()}`);
    try {
      const file = await open(draft, "wx", mode);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, join(folder, basename(target)));
      await syncPath(folder);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
}

/** Removes a file below `root`, if it is there, and through no link that stands for one of its folders. */
export async function removeFile(root: string, target: string): Promise<void> {
  await inFolder(root, foldersBelow(root, target), (folder) =>
    rm(join(folder, basename(target)), { force: true }),
  );
}
