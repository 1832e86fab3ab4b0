import { join } from "node:path";
import type { Mount } from "@stage6/bounds";
import type { TrialFolders } from "./trial-folders.ts";

/** Name of the pipe that shims write to, in their folder: on a read-only mount it can be written to, and not removed, replaced or opened to readers. */
export const SHIM_PIPE = "calls";

/**
 * What a backend sees of its trial inside the strict bounds, at the paths outside. Writable is what the default tier
 * hands it: clone, lane folder, home and temp folder. What surrounds the clone and the decoy remote are there to be read, so
 * that an attempt fails where it can be seen to fail. The pipe of the shims is a mount of its own, for it is written to.
 */
export function backendMounts(folders: TrialFolders, installation: readonly string[]): Mount[] {
  const read = (path: string): Mount => ({ path, writable: false });
  const write = (path: string): Mount => ({ path, writable: true });
  return [
    ...installation.map(read),
    read(folders.surroundings),
    write(folders.workspace),
    write(folders.laneDir),
    write(folders.home),
    write(folders.tmp),
    read(folders.shims),
    read(join(folders.shims, SHIM_PIPE)),
    read(folders.remote),
  ];
}

/** What the oracle sees: its copy of the tree and its home. */
export function oracleMounts(tree: string, home: string): Mount[] {
  return [tree, home].map((path) => ({ path, writable: true }));
}
