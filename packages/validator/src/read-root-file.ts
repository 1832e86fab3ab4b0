import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { sha256, type Finding, type Sha256 } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";

/** Bytes of one file of a harness root, or the finding that says why there are none. */
export type RootFile =
  | { readonly ok: true; readonly bytes: Buffer; readonly sha256: Sha256 }
  | { readonly ok: false; readonly finding: Finding };

/** Largest configuration document or plan of a harness root, bytes. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** Reads one regular file at `path` (POSIX, relative to the root). Follows no link below the root, blocks on nothing, writes nothing. */
export async function readRootFile(
  root: string,
  path: string,
  maxBytes: number = MAX_CONFIG_BYTES,
): Promise<RootFile> {
  const folder = path.includes("/") ? checkFolder(root, path.slice(0, path.lastIndexOf("/"))) : null;
  if (folder !== null) return { ok: false, finding: folder.rule === "absent" ? missing(path) : folder };
  try {
    const bytes = await readSmallFile(join(root, path), maxBytes);
    if (bytes !== null) return { ok: true, bytes, sha256: sha256(bytes) };
    return {
      ok: false,
      finding: {
        code: "INPUT_TOO_LARGE",
        rule: "document",
        file: path,
        expected: `at most ${maxBytes} bytes`,
      },
    };
  } catch (error) {
    return { ok: false, finding: faultOf(error, root, path) };
  }
}

/** Null when each part of a relative folder is a real folder; the rule `absent` when a part is not there. */
export function checkFolder(root: string, path: string): Finding | null {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = parts.slice(0, depth).join("/");
    try {
      const stat = lstatSync(join(root, part));
      if (!stat.isDirectory())
        return { code: "NOT_A_FILE", rule: kindOf(stat), file: part, expected: "a folder" };
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT") return { code: "ARTIFACT_MISSING", rule: "absent", file: part };
      return { code: "UNREADABLE", rule: "folder", file: part, found: code };
    }
  }
  return null;
}

/** What kind of entry stands somewhere, in one word. */
export function kindOf(
  entry: Pick<Stats, "isFile" | "isDirectory" | "isSymbolicLink" | "isFIFO" | "isSocket">,
): string {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (entry.isSymbolicLink()) return "link";
  if (entry.isFIFO()) return "fifo";
  return entry.isSocket() ? "socket" : "device";
}

const missing = (file: string): Finding => ({ code: "ARTIFACT_MISSING", rule: "document", file });

function kindAt(path: string): string {
  try {
    return kindOf(lstatSync(path));
  } catch {
    return "file";
  }
}

function faultOf(error: unknown, root: string, path: string): Finding {
  const code = errorCode(error);
  if (code === "ENOENT") return missing(path);
  const kind = kindAt(join(root, path));
  if (kind !== "file") return { code: "NOT_A_FILE", rule: kind, file: path, expected: "a regular file" };
  return { code: "UNREADABLE", rule: "file", file: path, found: code };
}
