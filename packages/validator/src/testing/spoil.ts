import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Flips the lowest bit of the byte in the middle of a file; an empty file gets one byte instead. */
export async function flipByte(root: string, path: string): Promise<void> {
  const bytes = await readFile(join(root, path));
  const middle = Math.floor(bytes.length / 2);
  await writeFile(
    join(root, path),
    bytes.length === 0 ? "x" : bytes.map((byte, at) => (at === middle ? byte ^ 1 : byte)),
  );
}
