import { randomUUID } from "node:crypto";
import { link, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { readSmallFile } from "./hash-file.ts";
import { foldersBelow, inFolder } from "./in-folder.ts";
import { errorCode } from "./list-files.ts";
import { syncPath, writeSynced } from "./sync-path.ts";

/** What became of a document that may be written once. */
export type WrittenOnce = "written" | "same" | "different";

/**
 * Writes a document that is never changed afterwards: whole or not at all, never over another one, and never through a link
 * that stands for a folder below `root`. `same` and `different` tell about the file that was there already, which stays as it is.
 */
export async function writeNewFile(root: string, target: string, bytes: Uint8Array): Promise<WrittenOnce> {
  return inFolder(root, [], (base) =>
    inFolder(root, foldersBelow(root, target), async (folder) => {
      const draft = join(base, `.writing-${randomUUID()}`);
      const place = join(folder, basename(target));
      try {
        await writeSynced(draft, bytes);
        // Unlike rename, link fails when the target exists.
        await link(draft, place);
        await syncPath(folder);
        return "written";
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw error;
        // A link that stands there is another thing, wherever it leads.
        const there = await readSmallFile(place, bytes.length).catch(() => null);
        return there?.equals(bytes) === true ? "same" : "different";
      } finally {
        await rm(draft, { force: true });
      }
    }),
  );
}
