import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, syncPath } from "@stage6/evidence-interface/fs";

/** What became of a document that may be written once. */
export type WrittenOnce = "written" | "same" | "different";

/**
 * Writes a document that is never changed afterwards: whole or not at all, and never over another one. `same` and
 * `different` tell about the file that was there already, which stays as it is.
 */
export async function writeNewFile(root: string, target: string, bytes: Uint8Array): Promise<WrittenOnce> {
  await mkdir(dirname(target), { recursive: true });
  const draft = join(root, `.writing-${randomUUID()}`);
  try {
    const file = await open(draft, "wx", 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike rename, link fails when the target exists.
    await link(draft, target);
    await syncPath(dirname(target));
    return "written";
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return (await readFile(target)).equals(bytes) ? "same" : "different";
  } finally {
    await rm(draft, { force: true });
  }
}
