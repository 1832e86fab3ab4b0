import { open } from "node:fs/promises";
import {
  listHeldFiles,
  UnsafeFileError,
  type HeldFolder,
  type Refused,
  type UnsafeFileCode,
} from "@stage6/evidence-interface/fs";
import type { Collect } from "@stage6/lane-contract";

/** Most bytes that are collected for one stream, and most entries and levels that are looked at. */
const COLLECT_BOUNDS = { bytes: 64 * 1024 * 1024, maxEntries: 100_000, maxDepth: 32 } as const;
/** Most gaps that are recorded one by one. */
const MAX_GAPS = 100;

/** What takes a collected stream. */
export interface CollectHooks {
  readonly onChunk: (chunk: Buffer) => void;
  /** Something that was left for the stream is not in it; `offset` is where it would begin. */
  readonly onGap: (offset: number, reason: string) => void;
  /** Lets the receiver catch up. */
  readonly drain: () => Promise<void>;
}

/**
 * Copies what a backend left below its held folder into one raw artifact, files in path order, and hands each chunk on.
 * Regular files of the expected owners alone, through no link, within {@link COLLECT_BOUNDS}; a file that is not taken is
 * recorded as a gap. A folder that was never made is none.
 */
export async function collectStream(
  lane: HeldFolder,
  collect: Collect,
  target: string,
  { onChunk, onGap, drain }: CollectHooks,
): Promise<void> {
  const out = await open(target, "wx", 0o644);
  let total = 0;
  let gaps = 0;
  const gap = (path: string, code: UnsafeFileCode): void => {
    gaps += 1;
    if (gaps <= MAX_GAPS) onGap(total, `${path} was not collected: ${code}`);
    else if (gaps === MAX_GAPS + 1) onGap(total, `more than ${MAX_GAPS} files were not collected`);
  };
  try {
    for (const folder of [collect.folder, ...(collect.orFolders ?? [])]) {
      const { files, refused } = listFolder(lane, folder);
      for (const { path, code } of refused) gap(path, code);
      for (const path of files.filter((name) => name.endsWith(collect.suffix))) {
        const chunks: Buffer[] = [];
        try {
          lane.readChunks(path, { maxBytes: COLLECT_BOUNDS.bytes - total }, (chunk) =>
            chunks.push(Buffer.from(chunk)),
          );
        } catch (error) {
          gap(path, codeOf(error));
          continue;
        }
        for (const chunk of chunks) {
          total += chunk.length;
          await out.writeFile(chunk);
          onChunk(chunk);
          await drain();
        }
      }
    }
  } finally {
    await out.close();
  }
}

/** Files and refused entries below a folder of the lane, by their paths from the lane's folder. */
function listFolder(
  lane: HeldFolder,
  folder: string,
): { readonly files: readonly string[]; readonly refused: readonly Refused[] } {
  try {
    const held = lane.folder(folder);
    try {
      const { files, refused } = listHeldFiles(held, COLLECT_BOUNDS);
      return {
        files: files.map((path) => `${folder}/${path}`),
        refused: refused.map(({ path, code }) => ({ path: `${folder}/${path}`, code })),
      };
    } finally {
      held.close();
    }
  } catch (error) {
    const code = codeOf(error);
    return { files: [], refused: code === "MISSING" ? [] : [{ path: folder, code }] };
  }
}

function codeOf(error: unknown): UnsafeFileCode {
  if (error instanceof UnsafeFileError) return error.code;
  throw error;
}
