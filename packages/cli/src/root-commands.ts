import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT_PROGRAMS } from "@stage6/validator";
import { replaceFile } from "./replace-file.ts";

/** Writes the programs of a harness root that are missing or changed, executable; returns their paths. */
export async function writeRootCommands(root: string): Promise<string[]> {
  const written: string[] = [];
  for (const [path, text] of Object.entries(ROOT_PROGRAMS)) {
    const there = await readFile(join(root, path), "utf8").catch(() => null);
    if (there === text) continue;
    await replaceFile(root, join(root, path), Buffer.from(text), 0o755);
    written.push(path);
  }
  return written;
}
