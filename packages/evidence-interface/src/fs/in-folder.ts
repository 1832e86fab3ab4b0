import { lstat, mkdir, open, type FileHandle } from "node:fs/promises";
import { constants, existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { errorCode } from "./list-files.ts";

/** A path through an open folder is safe from links that are planted meanwhile; where there is no /proc, links are only looked for before. */
const HANDLES = "/proc/self/fd";
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Opens `base/below` for writing, makes the folders below `base` that are missing, and gives `work` a path to it that stays the
 * same folder whatever is renamed meanwhile. A link in place of any folder below `base` is refused (ENOTDIR). A system
 * error of `work` is thrown again with the name of the folder in its message.
 */
export async function inFolder<T>(
  base: string,
  below: readonly string[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const shown = join(base, ...below);
  try {
    if (!existsSync(HANDLES)) return await work(await lookedAt(base, below));
    const handle = await openBelow(base, below);
    try {
      return await work(join(HANDLES, String(handle.fd)));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw named(error, shown);
  }
}

/** Makes folders below a root that are missing. A link in place of any folder below it is refused (ENOTDIR). */
export async function makeBelow(root: string, ...folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    await inFolder(root, foldersBelow(root, join(folder, "x")), () => Promise.resolve());
}

/** Folders that lead from a root to a file below it. Throws for a file that does not lie below it. */
export function foldersBelow(root: string, target: string): string[] {
  const below = relative(root, dirname(target));
  if (isAbsolute(below) || below.split(sep)[0] === "..")
    throw new TypeError("a file is written below its root only");
  return below === "" ? [] : below.split(sep);
}

async function openBelow(base: string, below: readonly string[]): Promise<FileHandle> {
  let handle = await open(base, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const part of below) {
    const outer = handle;
    try {
      handle = await openOrMake(join(HANDLES, String(outer.fd), part));
    } finally {
      await outer.close();
    }
  }
  return handle;
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, FOLDER);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  await makeOne(path);
  return open(path, FOLDER);
}

async function makeOne(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if (errorCode(error) !== "EEXIST") throw error;
  });
}

async function lookedAt(base: string, below: readonly string[]): Promise<string> {
  let at = base;
  for (const part of below) {
    at = join(at, part);
    await makeOne(at);
    if (!(await lstat(at)).isDirectory())
      throw Object.assign(new Error("ENOTDIR: not a directory"), { code: "ENOTDIR" });
  }
  return at;
}

/** The same system error with the folder that is meant: an error of an open file names none, and one of a handle only its number. */
function named(error: unknown, shown: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || error.message.endsWith(")")) return error;
  const what = error.message.replace(/ '\/proc\/self\/fd\/.*$/s, "");
  return Object.assign(new Error(`${what} (in ${shown})`, { cause: error }), {
    code: errorCode(error),
    syscall: error.syscall,
  });
}
