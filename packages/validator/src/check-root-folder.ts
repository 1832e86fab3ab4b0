import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@stage6/evidence-interface/fs";
import { byCodeUnit } from "./order.ts";
import { kindOf } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";

/** The name under which the root itself stands in findings. */
const ROOT_ITSELF = ".";
const MAX_ENTRIES = 1000;

/** Looks at the root and its direct entries without opening any: a link, FIFO or device among them is a finding. */
export async function checkRootFolder(
  root: string,
): Promise<{ readonly readable: boolean; readonly findings: readonly RootFinding[] }> {
  const findings: RootFinding[] = [];
  try {
    const kind = kindOf(await stat(root));
    if (kind !== "folder")
      return unreadable({
        code: "NOT_A_FILE",
        rule: kind,
        file: ROOT_ITSELF,
        expected: "a harness root folder",
      });
    let seen = 0;
    for await (const entry of await opendir(join(root))) {
      seen += 1;
      if (seen > MAX_ENTRIES)
        return unreadable({
          code: "INPUT_TOO_LARGE",
          rule: "entries",
          file: ROOT_ITSELF,
          expected: `at most ${MAX_ENTRIES} entries`,
        });
      if (!entry.isFile() && !entry.isDirectory())
        findings.push({
          code: "NOT_A_FILE",
          rule: kindOf(entry),
          file: entry.name,
          expected: "a regular file or folder",
        });
    }
  } catch (error) {
    return unreadable({
      code: "UNREADABLE",
      rule: "folder",
      file: ROOT_ITSELF,
      found: errorCode(error),
      expected: "a harness root folder",
    });
  }
  return { readable: true, findings: findings.sort((a, b) => byCodeUnit(a.file, b.file)) };
}

const unreadable = (finding: RootFinding): { readable: false; findings: RootFinding[] } => ({
  readable: false,
  findings: [finding],
});
