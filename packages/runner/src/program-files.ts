import { readdir, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { readHashed } from "@stage6/evidence-interface/fs";

/** Absolute paths of everything below a folder but folders, sorted. Folders of the first level that `isLeft` names are not entered. */
export async function filesBelow(
  folder: string,
  isLeft: (name: string) => boolean = () => false,
): Promise<string[]> {
  const top = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of top.filter(({ name }) => !isLeft(name))) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) found.push(path);
    else {
      const below = await readdir(path, { withFileTypes: true, recursive: true });
      found.push(...below.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name)));
    }
  }
  return found.toSorted((a, b) => (relative(folder, a) < relative(folder, b) ? -1 : 1));
}

/** Digest of a file's bytes; of a link, its target's name. */
export async function digestOf(path: string): Promise<string> {
  const target = await readlink(path).catch(() => null);
  if (target !== null) return `link:${JSON.stringify(target)}`;
  return (await readHashed(path)).sha256;
}
