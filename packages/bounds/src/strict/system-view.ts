import { lstat, readlink, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KernelView, Mount, RootLink, SystemView } from "./strict-profile.ts";

/** Folder of this package, the same from src and from dist. */
const PACKAGE_FOLDER = fileURLToPath(new URL("../../", import.meta.url));

/** Parts of the root that are links on most systems and folders on some. */
const ROOT_FOLDERS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/** What programs need besides: the linker's cache, links that choose programs, public certificates. No user data. */
const SYSTEM_PATHS = [
  "/nix/store",
  "/etc/ld.so.cache",
  "/etc/alternatives",
  "/etc/ssl/certs",
  "/etc/ca-certificates",
  "/etc/pki/ca-trust/extracted",
];

/** Names for user, group and loopback in place of the host's own. */
const OWN_FILES = ["/etc/passwd", "/etc/group", "/etc/hosts"];

/** Looks at this host once: which system folders there are, and where Node and bubblewrap lie outside of them. */
export async function readSystemView(programs: readonly string[]): Promise<SystemView> {
  const links: RootLink[] = [];
  const mounts: Mount[] = [{ path: "/usr", writable: false }];
  for (const path of ROOT_FOLDERS) {
    const entry = await lstat(path).catch(() => null);
    if (entry?.isSymbolicLink() === true) links.push({ path, target: await readlink(path) });
    else if (entry !== null) mounts.push({ path, writable: false });
  }
  for (const path of SYSTEM_PATHS) if (await exists(path)) mounts.push({ path, writable: false });
  for (const path of OWN_FILES) mounts.push({ path, writable: false, from: join(PACKAGE_FOLDER, path) });
  for (const program of programs) {
    for (const path of await programPaths(program))
      if (!isVisible(path, mounts)) mounts.push({ path, writable: false });
  }
  return { links, mounts, kernel: await readKernelView() };
}

/**
 * What of this host's `/proc` is covered in a sandbox, as far as it is there: the paths that container runtimes mask or make
 * read-only (the defaults of runc's and containerd's specification), and what else speaks of the host as a whole.
 */
async function readKernelView(): Promise<KernelView> {
  const there = async (names: readonly string[]): Promise<string[]> => {
    const paths = names.map((name) => `/proc/${name}`);
    const found = await Promise.all(paths.map(exists));
    return paths.filter((_path, index) => found[index]);
  };
  return {
    readOnly: await there(["sys", "fs", "irq", "bus", "sysrq-trigger", "pressure"]),
    emptyFolders: await there(["acpi", "asound", "scsi", "driver", "tty"]),
    emptyFiles: await there([
      "kcore",
      "keys",
      "key-users",
      "latency_stats",
      "timer_list",
      "timer_stats",
      "sched_debug",
      "kallsyms",
      "kmsg",
      "kpagecount",
      "kpageflags",
      "kpagecgroup",
      "interrupts",
      "config.gz",
      "modules",
      "iomem",
      "ioports",
      "slabinfo",
      "vmallocinfo",
      "pagetypeinfo",
    ]),
  };
}

/** Whether a path of the host shows in a view, at its own place. */
export function isInView(path: string, { links, mounts }: Pick<SystemView, "links" | "mounts">): boolean {
  return isVisible(path, mounts) || links.some((link) => path.startsWith(`${link.path}/`));
}

/** Whether a path shows in mounts already. */
function isVisible(path: string, mounts: readonly Mount[]): boolean {
  return mounts.some((mount) => path === mount.path || path.startsWith(`${mount.path}/`));
}

/** What a program needs: the file, and of a Node installation its tools. Never the folder above, which may be a home. */
async function programPaths(program: string): Promise<readonly string[]> {
  const folder = dirname(program);
  const modules = join(folder, "..", "lib", "node_modules");
  return (await exists(modules)) ? [folder, modules] : [program];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
