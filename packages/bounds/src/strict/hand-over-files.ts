import { open, readdir, readFile, type FileHandle } from "node:fs/promises";

/** Set in the flags of a file that is closed when another program is executed (O_CLOEXEC, octal as the kernel prints it). */
const CLOSE_ON_EXEC = 0o2000000;

/** Files for a sandboxed process: the given ones from descriptor 3 on, and nothing else of the harness's. */
export interface HandedFiles {
  readonly passFds: readonly (number | "ignore" | "pipe")[];
  readonly close: () => Promise<void>;
}

/**
 * A file that the harness itself was started with would go through to the sandbox, past its view: each is covered with
 * the null device. Node opens its own files so that they never do. `pipe` asks for a new socket at that place.
 */
export async function handOverFiles(files: readonly (FileHandle | "pipe")[]): Promise<HandedFiles> {
  const nothing = await open("/dev/null", "r");
  const passFds: (number | "ignore" | "pipe")[] = files.map((file) => (file === "pipe" ? file : file.fd));
  for (const fd of await inheritedFds()) {
    if (fd < 3 + files.length) continue;
    while (passFds.length < fd - 3) passFds.push("ignore");
    passFds[fd - 3] = nothing.fd;
  }
  return { passFds, close: () => nothing.close() };
}

async function inheritedFds(): Promise<number[]> {
  const names = await readdir("/proc/self/fdinfo");
  const fds = await Promise.all(
    names.map(async (name) => {
      const info = await readFile(`/proc/self/fdinfo/${name}`, "latin1").catch(() => "");
      const flags = /^flags:\s*([0-7]+)$/mu.exec(info)?.[1];
      return flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0 ? [] : [Number(name)];
    }),
  );
  return fds.flat().toSorted((a, b) => a - b);
}
