import type { HeldFolder } from "./held-folder.ts";
import { UnsafeFileError, type UnsafeFileCode } from "./unsafe-file-error.ts";

/** Something below a held folder that is not taken. */
export interface Refused {
  /** Path relative to the held folder. */
  readonly path: string;
  readonly code: UnsafeFileCode;
}

/** Where a listing stops. */
export interface ListLimits {
  /** Most entries that are looked at. */
  readonly maxEntries: number;
  /** Most folders inside each other. */
  readonly maxDepth: number;
}

/**
 * Regular files below a held folder as sorted relative paths, none opened; links, odd entries and folders that cannot be
 * entered are refused by name. What is listed may be something else when it is opened: the opening judges again.
 */
export function listHeldFiles(
  folder: HeldFolder,
  { maxEntries, maxDepth }: ListLimits,
): { readonly files: readonly string[]; readonly refused: readonly Refused[] } {
  const files: string[] = [];
  const refused: Refused[] = [];
  const waiting: { readonly path: string; readonly depth: number }[] = [{ path: "", depth: 0 }];
  let seen = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    try {
      const here = folder.folder(at.path);
      try {
        for (const entry of here.entries()) {
          const path = at.path === "" ? entry.name : `${at.path}/${entry.name}`;
          seen += 1;
          if (seen > maxEntries) {
            refused.push({ path, code: "TOO_MANY" });
            return sorted(files, refused);
          }
          if (entry.isDirectory()) {
            if (at.depth < maxDepth) waiting.push({ path, depth: at.depth + 1 });
            else refused.push({ path, code: "TOO_DEEP" });
          } else if (entry.isFile()) files.push(path);
          else refused.push({ path, code: entry.isSymbolicLink() ? "LINK" : "NOT_REGULAR" });
        }
      } finally {
        here.close();
      }
    } catch (error) {
      refused.push({ path: at.path, code: error instanceof UnsafeFileError ? error.code : "UNREADABLE" });
    }
  }
  return sorted(files, refused);
}

function sorted(files: readonly string[], refused: readonly Refused[]) {
  return {
    files: files.toSorted(),
    refused: refused.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
  };
}
