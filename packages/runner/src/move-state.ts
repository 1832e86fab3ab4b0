import { lstat, rename } from "node:fs/promises";
import { join } from "node:path";
import { MOVED_STATE } from "@stage6/lane-contract";
import type { TrialFolders } from "./trial-folders.ts";

/**
 * Takes a backend's own records out of the clone, before anyone looks at what it did there: a real folder of that name is
 * moved below the lane's folder. A link or a file of that name stays where it is and is seen as the change it is. A plan
 * refuses a target that has such a folder, so nothing of the target is moved.
 */
export async function moveState(folders: TrialFolders, name: string): Promise<void> {
  const from = join(folders.workspace, name);
  const entry = await lstat(from).catch(() => null);
  if (entry?.isDirectory() === true) await rename(from, join(folders.laneDir, MOVED_STATE));
}
