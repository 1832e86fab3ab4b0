import { lstat } from "node:fs/promises";
import type { Mount } from "../strict-profile.ts";
import type { LandlockRule } from "./landlock.ts";

/**
 * The second wall: everything in view can be read and executed, and written is only what is mounted writable, once more
 * said to the kernel apart from any mount. A path that is not there gets no rule.
 */
export async function landlockRules(mounts: readonly Mount[]): Promise<LandlockRule[]> {
  const rules = mounts.map(async ({ path, writable, from }): Promise<LandlockRule[]> => {
    const entry = await lstat(from ?? path).catch(() => null);
    if (entry === null) return [];
    if (writable) return [{ path, grants: entry.isDirectory() ? "all" : "file" }];
    // A pipe on a read-only mount takes what is written to it.
    return entry.isFIFO() ? [{ path, grants: "file" }] : [];
  });
  return [
    { path: "/", grants: "read" },
    { path: "/dev", grants: "device" },
    { path: "/dev/shm", grants: "all" },
    { path: "/tmp", grants: "all" },
    ...(await Promise.all(rules)).flat(),
  ];
}
