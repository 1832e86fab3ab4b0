import { opendirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../finding.ts";

/** Most entries a bundle's folder may hold before reading stops. */
const MAX_ENTRIES = 10_000;

/** What kind of entry stands where a regular file or folder belongs. */
function kindOf(entry: { isSymbolicLink(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (entry.isSymbolicLink()) return "link";
  if (entry.isFIFO()) return "fifo";
  return entry.isSocket() ? "socket" : "device";
}

/** Regular files below a folder as sorted relative POSIX paths, without opening any; everything else is a finding. Reads at most `maxEntries` entries, 10,000 when left out. */
export async function listFiles(
  folder: string,
  maxEntries: number = MAX_ENTRIES,
): Promise<{ readonly files: readonly string[]; readonly findings: readonly Finding[] }> {
  const files: string[] = [];
  const findings: Finding[] = [];
  const pending = [""];
  let seen = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    try {
      for (const entry of entriesOf(join(folder, at))) {
        seen += 1;
        if (seen > maxEntries) {
          findings.push({
            code: "INPUT_TOO_LARGE",
            rule: "entries",
            file: at === "" ? "." : at,
            expected: `at most ${maxEntries} entries`,
          });
          return sorted(files, findings);
        }
        const path = at === "" ? entry.name : `${at}/${entry.name}`;
        if (entry.isFile()) files.push(path);
        else if (entry.isDirectory()) pending.push(path);
        else
          findings.push({ code: "NOT_A_FILE", rule: kindOf(entry), file: path, expected: "a regular file" });
      }
    } catch (error) {
      findings.push({
        code: "UNREADABLE",
        rule: "folder",
        file: at === "" ? "." : at,
        found: errorCode(error),
      });
    }
  }
  return sorted(files, findings);
}

/** Entries of a folder one by one: how many there are is not known before, and may be too many to hold. */
export function* entriesOf(folder: string): Generator<Dirent, void> {
  const open = opendirSync(folder, { bufferSize: 64 });
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync()) yield entry;
  } finally {
    open.closeSync();
  }
}

/** Folder order differs between machines; what is read from a bundle must not. */
function sorted(
  files: readonly string[],
  findings: readonly Finding[],
): { readonly files: readonly string[]; readonly findings: readonly Finding[] } {
  return { files: files.toSorted(), findings: findings.toSorted((a, b) => (a.file < b.file ? -1 : 1)) };
}

/** `code` of a system error, or its name. */
export function errorCode(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "unknown";
}
