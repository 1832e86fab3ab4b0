import type { Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** Size of a block in `stat` on every platform, bytes (POSIX `st_blocks` as Linux and macOS count it). */
const BLOCK = 512;

/**
 * Bytes that folders take up on disk, links not followed and several names of one file counted once. What cannot be
 * looked at counts nothing; names that are not UTF-8 count nothing either. Stops once it is past `enough`.
 */
export async function folderBytes(folders: readonly string[], enough: number): Promise<number> {
  const seen = new Set<string>();
  let total = 0;
  const add = (stats: Stats): void => {
    const key = `${stats.dev}:${stats.ino}`;
    if (stats.nlink > 1 && seen.has(key)) return;
    if (stats.nlink > 1) seen.add(key);
    total += stats.blocks * BLOCK;
  };
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined && total <= enough; folder = waiting.pop()) {
    const here = folder;
    try {
      for await (const entry of await opendir(here)) {
        const path = join(here, entry.name);
        const stats = await lstat(path).catch(() => null);
        if (stats !== null) add(stats);
        if (stats?.isDirectory() === true) waiting.push(path);
        if (total > enough) break;
      }
    } catch {
      // Gone or closed to the harness while it was looked at.
    }
  }
  return total;
}
