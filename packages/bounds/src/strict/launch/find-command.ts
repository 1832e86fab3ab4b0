import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

const SHELL = "/bin/sh";
const ELF = Buffer.from("\x7fELF", "latin1");

/**
 * A command line as execve(2) takes it, from one as execvp(3) takes it: the program is looked for on the command's own
 * search path, and a text without an interpreter line is given to the shell. A program that is not there stays as it is.
 */
export async function findCommand(
  argv: readonly string[],
  cwd: string,
  searchPath: string | undefined,
  isVisible: (path: string) => boolean,
): Promise<string[]> {
  const [name = "", ...args] = argv;
  const file = name.includes("/") ? name : await search(name, searchPath ?? "/usr/bin:/bin", isVisible);
  const place = isAbsolute(file) ? file : join(cwd, file);
  return (await isPlainText(place)) ? [SHELL, place, ...args] : [file, ...args];
}

/** The first executable of a name on a search path; a place below the root that does not exist when there is none. */
async function search(
  name: string,
  searchPath: string,
  isVisible: (path: string) => boolean,
): Promise<string> {
  for (const folder of searchPath.split(":")) {
    const file = join(folder, name);
    if (!isAbsolute(folder) || !isVisible(file)) continue;
    const found = await stat(file).catch(() => null);
    if (found?.isFile() === true && isExecutable(found.mode)) return file;
  }
  return `/${name}`;
}

/** Whether anybody may execute it; which user that is shows when it is done. */
function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}

async function isPlainText(file: string): Promise<boolean> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return false;
  try {
    const { mode } = await handle.stat();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead);
    return (
      isExecutable(mode) &&
      bytesRead > 0 &&
      !start.equals(ELF) &&
      !start.subarray(0, 2).equals(Buffer.from("#!"))
    );
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
