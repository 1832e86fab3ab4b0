import { join } from "node:path";
import { entriesOf, errorCode } from "@stage6/evidence-interface/fs";
import { byCodeUnit } from "./order.ts";
import { checkFolder } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";
import { ROOT_FILES } from "./root-files.ts";

/** Most entries of one folder; each plan has at most one in each. */
const MAX_ENTRIES = 1000;
/** Folders in which each entry stands for a plan. */
const FOLDERS = [ROOT_FILES.runs, ROOT_FILES.attempts, ROOT_FILES.comparisons];

/** The lock of a run that goes on or was killed, or a draft of it. */
function isRunLock(file: string): boolean {
  return file === ROOT_FILES.runLock || file.startsWith(`${ROOT_FILES.runLock}.`);
}

/** A file that a writer was killed over before it could give it its name. */
function isDraft(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(name);
}

/** Runs, attempts and comparisons of a plan that is not there, PLAN_MISSING each: a deleted plan must not take its trials out of sight. Never throws. */
export function listOrphans(root: string, plans: ReadonlySet<string>): readonly RootFinding[] {
  return FOLDERS.flatMap((folder) => {
    const fault = checkFolder(root, folder);
    if (fault !== null) return fault.rule === "absent" ? [] : [fault];
    const findings: RootFinding[] = [];
    let seen = 0;
    try {
      for (const entry of entriesOf(join(root, folder))) {
        seen += 1;
        const { name } = entry;
        const file = `${folder}/${name}`;
        if (entry.isFile() && (isRunLock(file) || isDraft(name))) continue;
        if (seen > MAX_ENTRIES) {
          const expected = `at most ${MAX_ENTRIES} entries`;
          findings.push({ code: "INPUT_TOO_LARGE", rule: "entries", file: folder, expected });
          break;
        }
        if (!plans.has(name.replace(/\.json$/, "")))
          findings.push({
            code: "PLAN_MISSING",
            rule: "orphan",
            file,
            expected: "a plan that it belongs to",
          });
      }
    } catch (error) {
      findings.push({ code: "UNREADABLE", rule: "folder", file: folder, found: errorCode(error) });
    }
    return findings.sort((a, b) => byCodeUnit(a.file, b.file));
  });
}
