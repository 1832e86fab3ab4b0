import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "@stage6/evidence-interface/fs";

/** Makes a folder and its parents. Unlike `mkdir` with `recursive`, it ends where the system says ENOENT whatever exists (/proc). */
export async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    const parent = await stat(dirname(path)).catch(() => null);
    if (parent !== null) throw error;
    await makeFolder(dirname(path), mode);
    await mkdir(path, { mode });
  }
}
