import { statfs } from "node:fs/promises";
import type { Found } from "./health-check.ts";

/** Bytes that a run has to find free: bundles of a default-size plan are below this. */
const LEAST_FREE = 1024 ** 3;

/** Whether there is room for the evidence of another run. */
export async function checkDisk(root: string, least: number = LEAST_FREE): Promise<Found> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const message = `${Math.floor(free / 1024 ** 2)} MiB free, ${Math.floor(least / 1024 ** 2)} MiB wanted`;
  return { code: free < least ? "DISK_LOW" : null, message };
}
