import { dirname } from "node:path";
import type { Mount, StrictProfile } from "./strict-profile.ts";

/** Descriptors that the confining process expects: the filter to read, and where bubblewrap tells what it did. */
export const SECCOMP_FD = 3;
export const STATUS_FD = 4;

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
    ...["--unshare-user", "--uid", "1000", "--gid", "1000"],
    ...["--unshare-all", "--disable-userns", "--cap-drop", "ALL"],
    ...["--die-with-parent", "--new-session", "--clearenv"],
    ...["--tmpfs", "/tmp"],
    ...system.mounts.flatMap(bind),
    ...system.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...["--dev", "/dev", "--proc", "/proc"],
    ...mounts.flatMap(bind),
    ...(door === null ? [] : bind({ path: dirname(door.socket), writable: false })),
    ...["--remount-ro", "/"],
    ...["--seccomp", String(SECCOMP_FD), "--json-status-fd", String(STATUS_FD)],
    ...Object.entries(command.env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", command.cwd, "--", ...command.argv],
  ];
}

function bind({ path, writable, from }: Mount): string[] {
  return [writable ? "--bind" : "--ro-bind", from ?? path, path];
}
