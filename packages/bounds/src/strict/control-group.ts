import { randomUUID } from "node:crypto";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pause } from "../process/within.ts";

/** A control group that one sandbox runs in: the kernel counts its memory and its processes, whatever they are used for. */
export interface ControlGroup {
  /** Moves a process into it; what that process starts is in it, too. */
  readonly add: (pid: number) => Promise<void>;
  /** Whether the kernel ended one of its processes because the memory was used up. */
  readonly ranOutOfMemory: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** What a control group may use. */
export interface GroupLimits {
  /** Bytes; null for no limit. */
  readonly memoryBytes: number | null;
  readonly processes: number;
}

const MOUNT = "/sys/fs/cgroup";
const CLOSE_ROUNDS = 20;
const CLOSE_PAUSE_MS = 50;

/** One folder of a group, and the files that hold its limits. */
interface GroupFolder {
  readonly path: string;
  readonly limits: readonly (readonly [string, string])[];
}

/**
 * Makes a control group below the harness's own place in the hierarchy, of version 2 or 1. Null where the harness may not
 * make one that limits memory and processes: then memory is only watched.
 */
export async function openControlGroup(limits: GroupLimits): Promise<ControlGroup | null> {
  const own = await readFile("/proc/self/cgroup", "utf8").catch(() => "");
  return (await openVersion2(own, limits)) ?? (await openVersion1(own, limits));
}

/** The place of this process in one hierarchy: `0::/path`, or `4:memory:/path`. */
function placeIn(own: string, controller: string): string | null {
  const line = own.split("\n").find((one) => one.split(":")[1]?.split(",").includes(controller) === true);
  return line === undefined ? null : line.split(":").slice(2).join(":");
}

async function openVersion2(own: string, limits: GroupLimits): Promise<ControlGroup | null> {
  const place = placeIn(own, "");
  if (place === null) return null;
  const files: GroupFolder["limits"] = [
    ["pids.max", String(limits.processes)],
    ...(limits.memoryBytes === null
      ? []
      : ([
          ["memory.max", String(limits.memoryBytes)],
          ["memory.swap.max", "0"],
        ] as const)),
  ];
  // A group with processes of its own hands no controller on, so the first one above that does is taken.
  for (let parent = join(MOUNT, place); parent.startsWith(MOUNT); parent = dirname(parent)) {
    const controllers = await readFile(join(parent, "cgroup.subtree_control"), "utf8").catch(() => "");
    if (!["memory", "pids"].every((name) => controllers.split(/\s+/u).includes(name))) continue;
    const group = await openFolders([{ path: join(parent, groupName()), limits: files }]);
    if (group !== null) return groupOf(group, "memory.events");
  }
  return null;
}

async function openVersion1(own: string, limits: GroupLimits): Promise<ControlGroup | null> {
  const [memory, pids] = [placeIn(own, "memory"), placeIn(own, "pids")];
  if (memory === null || pids === null) return null;
  const name = groupName();
  const bytes =
    limits.memoryBytes === null ? [] : ([["memory.limit_in_bytes", String(limits.memoryBytes)]] as const);
  const group = await openFolders([
    { path: join(MOUNT, "memory", memory, name), limits: bytes },
    { path: join(MOUNT, "pids", pids, name), limits: [["pids.max", String(limits.processes)]] },
  ]);
  return group === null ? null : groupOf(group, "memory.oom_control");
}

const groupName = (): string => `stage6-${randomUUID()}`;

/** Makes the folders and writes the limits; null, and nothing left, when one of them cannot be had. */
async function openFolders(folders: readonly GroupFolder[]): Promise<readonly string[] | null> {
  const made: string[] = [];
  try {
    for (const { path, limits } of folders) {
      await mkdir(path);
      made.push(path);
      for (const [file, value] of limits) await writeFile(join(path, file), value, { flag: "r+" });
    }
    return made;
  } catch {
    await Promise.all(made.map((path) => rmdir(path).catch(() => undefined)));
    return null;
  }
}

function groupOf(folders: readonly string[], events: string): ControlGroup {
  const [first = ""] = folders;
  return {
    add: async (pid) => {
      for (const folder of folders)
        await writeFile(join(folder, "cgroup.procs"), String(pid), { flag: "r+" });
    },
    ranOutOfMemory: async () => {
      const counts = await readFile(join(first, events), "utf8").catch(() => "");
      return Number(/^oom_kill ([0-9]+)$/mu.exec(counts)?.[1] ?? 0) > 0;
    },
    close: async () => {
      for (const folder of folders) await removeGroup(folder);
    },
  };
}

/** The kernel lets a group go once its last process is not only dead but gone. */
async function removeGroup(folder: string): Promise<void> {
  for (let round = 0; round < CLOSE_ROUNDS; round += 1) {
    const removed = await rmdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === "ENOENT",
    );
    if (removed) return;
    await pause(CLOSE_PAUSE_MS);
  }
}
