import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/** Differences between files on disk and the bytes they should have, one line each; files on disk that nobody wrote are differences too. */
export async function compareFileSet(
  folder: string,
  expected: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  const differences: string[] = [];
  const onDisk = await filesBelow(folder);
  for (const [path, bytes] of expected) {
    if (!onDisk.has(path)) differences.push(`missing: ${path}`);
    else if (Buffer.compare(await readFile(join(folder, path)), bytes) !== 0)
      differences.push(`differs: ${path}`);
  }
  for (const path of onDisk) if (!expected.has(path)) differences.push(`not generated: ${path}`);
  return differences.toSorted();
}

/** Writes a set of files below a folder. */
export async function writeFileSet(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

async function filesBelow(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/")),
  );
}
