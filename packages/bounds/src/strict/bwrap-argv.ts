import { dirname } from "node:path";
import { LAUNCH_CAPABILITIES } from "./launch/launch-program.ts";
import type { KernelView, Mount, StrictProfile } from "./strict-profile.ts";

/** What every sandbox has: own namespaces, no capability, no terminal, no environment, an end with the harness. */
const SEPARATION = ["--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"];
/** A caller who is not root gets a user namespace, in which he is somebody else and may make no further one. */
const OWN_USERS = ["--unshare-user", "--uid", "1000", "--gid", "1000", "--unshare-all", "--disable-userns"];
/** Root stays root until the launcher has changed its user: what is mounted here is no other user's to change. */
const ROOTS_USERS = [
  ...["ipc", "pid", "net", "uts", "cgroup-try"].map((name) => `--unshare-${name}`),
  ...Object.keys(LAUNCH_CAPABILITIES).flatMap((name) => ["--cap-add", name]),
];
/** Room in the sandbox's own temp folder, bytes: it is memory, which nothing else would bound. */
const TEMP_BYTES = 1024 ** 3;
/** Room in its shared memory, bytes, as container runtimes give it. */
export const SHARED_MEMORY_BYTES = 64 * 1024 ** 2;
const room = (bytes: number, path: string): string[] => [
  "--perms",
  "1777",
  "--size",
  String(bytes),
  "--tmpfs",
  path,
];
const DEVICES = ["--dev", "/dev", ...room(SHARED_MEMORY_BYTES, "/dev/shm"), "--remount-ro", "/dev"];
const CLOSED_ROOT = ["--remount-ro", "/"];
/** The launcher's place in every sandbox. */
const LAUNCHER = "/.stage6-launch";
/** The harness hands over, from descriptor 3 on: the filter, the file for bubblewrap's notes, the launcher's socket, the launcher. */
const DESCRIPTORS = ["--seccomp", "3", "--json-status-fd", "4"];
const LAUNCHER_FILE = ["--perms", "0555", "--ro-bind-data", "6", LAUNCHER];

/** What runs in a sandbox. */
export interface BoundedCommand {
  /** Absolute path of the program first. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command line that confines a command. The order matters: private folders before what is mounted in them, `/proc`
 * before what covers parts of it, the root read-only last.
 */
export function bwrapArgv(profile: StrictProfile, command: BoundedCommand): string[] {
  const { bwrap, system, mounts, user } = profile;
  return [
    bwrap,
    ...SEPARATION,
    ...(user === null ? OWN_USERS : ROOTS_USERS),
    ...room(TEMP_BYTES, "/tmp"),
    ...foldersAbove([...system.mounts, ...mounts]).flatMap((path) => ["--perms", "0755", "--dir", path]),
    ...system.mounts.flatMap(bind),
    ...system.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...DEVICES,
    ...kernelView(system.kernel),
    ...mounts.flatMap(bind),
    ...LAUNCHER_FILE,
    ...CLOSED_ROOT,
    ...DESCRIPTORS,
    ...Object.entries(command.env).flatMap(([name, value]) => ["--setenv", name, value]),
    "--chdir",
    command.cwd,
    "--",
    LAUNCHER,
    ...command.argv,
  ];
}

/** Folders that lead to mounts and lie in none, the upper ones first: bubblewrap itself would make them for root alone. */
function foldersAbove(mounts: readonly Mount[]): string[] {
  const above = new Set(mounts.flatMap(({ path }) => ancestors(path)));
  const isMounted = (path: string): boolean =>
    path === "/tmp" || mounts.some((mount) => path === mount.path || path.startsWith(`${mount.path}/`));
  return [...above].filter((path) => !isMounted(path)).toSorted();
}

function ancestors(path: string): string[] {
  const above = dirname(path);
  return above === "/" ? [] : [...ancestors(above), above];
}

/** `/proc` of the sandbox's own processes, without what speaks of the host or changes it. */
function kernelView({ readOnly, emptyFolders, emptyFiles }: KernelView): string[] {
  return [
    "--proc",
    "/proc",
    ...readOnly.flatMap((path) => ["--ro-bind", path, path]),
    ...emptyFolders.flatMap((path) => ["--size", "4096", "--tmpfs", path, "--remount-ro", path]),
    ...emptyFiles.flatMap((path) => ["--ro-bind", "/dev/null", path]),
  ];
}

function bind({ path, writable, from }: Mount): string[] {
  return [writable ? "--bind" : "--ro-bind", from ?? path, path];
}
