import { join } from "node:path";
import type { Finding } from "@stage6/evidence-interface";
import { entriesOf, errorCode } from "@stage6/evidence-interface/fs";
import { byCodeUnit } from "./order.ts";
import { checkFolder, kindOf } from "./read-root-file.ts";
import { ROOT_FILES } from "./root-files.ts";

/** Something that stands where bundles belong. */
export interface RunEntry {
  /** Below `runs/<planId>`: `<lane>/<fixture>/<nnn>` for a bundle, less for what stands in the way; empty for the folder itself. */
  readonly path: string;
  /** `bundle`: a folder at the depth of a trial; `empty`: a folder above it with nothing inside; `fault`: anything else. */
  readonly kind: "bundle" | "empty" | "fault";
  readonly finding: Finding | null;
}

const DEPTH = 3;
/** Most entries besides the planned ones. */
const MAX_UNPLANNED = 10_000;

/** Everything below `runs/<planId>` down to the bundles' folders, sorted, without opening a file or following a link. */
export function listRuns(root: string, planId: string, planned: number): readonly RunEntry[] {
  const base = `${ROOT_FILES.runs}/${planId}`;
  const folder = checkFolder(root, base);
  if (folder !== null) return folder.rule === "absent" ? [] : [{ path: "", kind: "fault", finding: folder }];
  const entries: RunEntry[] = [];
  const fault = (path: string, finding: Omit<Finding, "file">): void =>
    void entries.push({
      path,
      kind: "fault",
      finding: { ...finding, file: path === "" ? base : `${base}/${path}` },
    });
  const pending = [""];
  let seen = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const before = seen;
    try {
      for (const entry of entriesOf(join(root, base, at))) {
        seen += 1;
        if (seen > DEPTH * planned + MAX_UNPLANNED) {
          fault(at, {
            code: "INPUT_TOO_LARGE",
            rule: "entries",
            expected: `at most ${MAX_UNPLANNED} entries besides the planned`,
          });
          return sorted(entries);
        }
        const path = at === "" ? entry.name : `${at}/${entry.name}`;
        if (!entry.isDirectory())
          fault(path, { code: "NOT_A_FILE", rule: kindOf(entry), expected: "a folder" });
        else if (path.split("/").length === DEPTH) entries.push({ path, kind: "bundle", finding: null });
        else pending.push(path);
      }
      if (seen === before && at !== "") entries.push({ path: at, kind: "empty", finding: null });
    } catch (error) {
      fault(at, { code: "UNREADABLE", rule: "folder", found: errorCode(error) });
    }
  }
  return sorted(entries);
}

const sorted = (entries: readonly RunEntry[]): readonly RunEntry[] =>
  entries.toSorted((a, b) => byCodeUnit(a.path, b.path));
