import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Collect } from "@stage6/lane-contract";
import { readChunks } from "@stage6/evidence-interface/fs";

const MAX_COLLECTED_BYTES = 256 * 1024 * 1024;

async function filesBelow(folder: string, suffix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/**
 * Copies what a backend left below its folder into one raw artifact, files in path order, regular files only and at
 * most 256 MiB; hands each chunk on. A file that cannot be read is passed over: what is missing shows in the stream.
 */
export async function collectStream(
  laneDir: string,
  collect: Collect,
  target: string,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  const out = await open(target, "wx", 0o644);
  let total = 0;
  try {
    const folders = [collect.folder, ...(collect.orFolders ?? [])].map((folder) => join(laneDir, folder));
    const files = await Promise.all(folders.map((folder) => filesBelow(folder, collect.suffix)));
    for (const path of files.flat()) {
      const chunks: Buffer[] = [];
      await readChunks(path, (chunk) => {
        total += chunk.length;
        if (total <= MAX_COLLECTED_BYTES) chunks.push(Buffer.from(chunk));
      }).catch(() => undefined);
      for (const chunk of chunks) {
        await out.writeFile(chunk);
        onChunk(chunk);
      }
    }
  } finally {
    await out.close();
  }
}
