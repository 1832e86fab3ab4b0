import { UnsafeFileError, type HeldFolder } from "@stage6/evidence-interface/fs";
import { MOVED_STATE } from "@stage6/lane-contract";

/**
 * Takes a backend's own records out of the clone, before anyone looks at what it did there: a real folder of that name is
 * moved below the lane's folder. A link or a file of that name stays where it is and is seen as the change it is. A plan
 * refuses a target that has such a folder, so nothing of the target is moved. Why it was not moved, or null.
 */
export function moveState(workspace: HeldFolder, lane: HeldFolder, name: string): string | null {
  try {
    workspace.moveFolder(name, lane, MOVED_STATE);
    return null;
  } catch (error) {
    if (!(error instanceof UnsafeFileError)) throw error;
    return error.code === "MISSING" ? null : `${error.path} was not moved: ${error.code}`;
  }
}
