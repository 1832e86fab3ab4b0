import { dirname } from "node:path";
import type { Mount, StrictProfile } from "./strict-profile.ts";

/** Own namespaces for everything, a user that is nobody in particular, no capability, no further namespaces. */
const SEPARATION = [
  "--unshare-user",
  "--uid",
  "1000",
  "--gid",
  "1000",
  "--unshare-all",
  "--disable-userns",
  "--cap-drop",
  "ALL",
  "--die-with-parent",
  "--new-session",
  "--clearenv",
];
/** Room in the sandbox's own temp folder, bytes: it is memory, which nothing else would bound. */
const TEMP_BYTES = 1024 ** 3;
const TEMP = ["--size", String(TEMP_BYTES), "--tmpfs", "/tmp"];
const DEVICES = ["--dev", "/dev", "--proc", "/proc"];
const CLOSED_ROOT = ["--remount-ro", "/"];
/** Descriptor 3 holds the filter; on descriptor 4 bubblewrap tells what it did. Whoever spawns hands them over in this order. */
const DESCRIPTORS = ["--seccomp", "3", "--json-status-fd", "4"];

/** What runs in a sandbox. */
export interface BoundedCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command line that confines a command. The order matters: private folders before what is mounted in them, the root
 * read-only last. `--cap-drop ALL` is for a caller who is root: without it the read-only mounts could be undone.
 */
export function bwrapArgv(profile: StrictProfile, command: BoundedCommand): string[] {
  const { bwrap, system, mounts, door } = profile;
  return [
    bwrap,
    ...SEPARATION,
    ...TEMP,
    ...system.mounts.flatMap(bind),
    ...system.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...DEVICES,
    ...mounts.flatMap(bind),
    ...(door === null ? [] : bind({ path: dirname(door.socket), writable: false })),
    ...CLOSED_ROOT,
    ...DESCRIPTORS,
    ...Object.entries(command.env).flatMap(([name, value]) => ["--setenv", name, value]),
    "--chdir",
    command.cwd,
    "--",
    ...command.argv,
  ];
}

function bind({ path, writable, from }: Mount): string[] {
  return [writable ? "--bind" : "--ro-bind", from ?? path, path];
}
