import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** Bubblewrap as it lies on this host. */
export interface FoundBwrap {
  readonly path: string;
  /** Whether it runs with the rights of its owner: such builds had holes, and strict bounds need none of it. */
  readonly setuid: boolean;
}

/** The first executable `bwrap` on a search path; null when there is none. */
export async function findBwrap(searchPath: string): Promise<FoundBwrap | null> {
  for (const folder of searchPath.split(":")) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, "bwrap");
    const found = await stat(path).catch(() => null);
    if (found === null || !found.isFile()) continue;
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return { path, setuid: (found.mode & 0o6000) !== 0 };
  }
  return null;
}
