import { readFile } from "node:fs/promises";
import { release } from "node:os";
import type { NumericUser, ResourceLimit } from "./launch-program.ts";

/** Most processes and threads of one sandbox. */
export const MAX_PROCESSES = 4096;

/** Numbers of the limits (asm-generic/resource.h, x64 and arm64 alike), as `/proc/self/limits` calls them, and what is asked for. */
const WANTED = [
  { resource: 4, name: "Max core file size", value: 0 },
  { resource: 6, name: "Max processes", value: MAX_PROCESSES },
  { resource: 7, name: "Max open files", value: 65_536 },
  { resource: 8, name: "Max locked memory", value: 64 * 1024 ** 2 },
  { resource: 12, name: "Max msgqueue size", value: 819_200 },
] as const;

/** The first kernel that counts a user's processes in each user namespace apart. */
const COUNTS_BY_NAMESPACE = { major: 5, minor: 14 };

/**
 * Limits of each process of a sandbox, never above those of the harness. The number of processes belongs to the user, so
 * it is left as it is where the sandbox's user is the harness's own and the kernel counts both together.
 */
export async function resourceLimits(user: NumericUser | null): Promise<ResourceLimit[]> {
  const text = await readFile("/proc/self/limits", "latin1");
  return WANTED.flatMap(({ resource, name, value }) => {
    if (name === "Max processes" && user === null && !countsByNamespace()) return [];
    const hard = new RegExp(`^${name} +\\S+ +(\\S+)`, "mu").exec(text)?.[1];
    return [
      { resource, value: hard === undefined || hard === "unlimited" ? value : Math.min(value, Number(hard)) },
    ];
  });
}

function countsByNamespace(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const { major: needed, minor: least } = COUNTS_BY_NAMESPACE;
  return major > needed || (major === needed && minor >= least);
}
