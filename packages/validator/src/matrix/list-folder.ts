import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@stage6/evidence-interface/fs";
import { byCodeUnit } from "../order.ts";
import { checkFolder, kindOf } from "../read-root-file.ts";
import type { RootFinding } from "../root-finding.ts";

const MAX_ENTRIES = 20_000;

/** Names of the regular files of a folder of the root, sorted; an absent folder has none, anything else in it is a finding. */
export async function listFolder(
  root: string,
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly findings: readonly RootFinding[] }> {
  const names: string[] = [];
  const findings: RootFinding[] = [];
  const fault = checkFolder(root, folder);
  if (fault !== null) return { names, findings: fault.rule === "absent" ? [] : [fault] };
  try {
    for await (const entry of await opendir(join(root, folder))) {
      const file = `${folder}/${entry.name}`;
      if (names.length + findings.length >= MAX_ENTRIES) {
        findings.push({
          code: "INPUT_TOO_LARGE",
          rule: "entries",
          file: folder,
          expected: `at most ${MAX_ENTRIES} entries`,
        });
        break;
      }
      if (entry.isFile()) names.push(entry.name);
      else findings.push({ code: "NOT_A_FILE", rule: kindOf(entry), file, expected: "a regular file" });
    }
  } catch (error) {
    findings.push({ code: "UNREADABLE", rule: "folder", file: folder, found: errorCode(error) });
  }
  return { names: names.sort(byCodeUnit), findings };
}
