import { readRootFile } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";

/**
 * Starts stage6 with `words` before the caller's own. Each program holds this whole: none starts another file of the root.
 * It names no place of the machine that the root was made on, and looks for nothing below or beside the root: a person who
 * writes there would choose what judges it.
 */
const launch = (
  words: string,
  before = "",
): string => `# Runs the stage6 that STAGE6_COMMAND names by an absolute path, otherwise the one on PATH.
# Nothing inside of this harness root is started, nor anything that is merely found above it.
set -u
here=$(dirname -- "$0")
case $here in . | /) root=$here/.. ;; *) root=$(dirname -- "$here") ;; esac
${before}own=$(CDPATH='' cd -- "$root" && pwd -P) || exit 70
found=\${STAGE6_COMMAND:-}
[ -n "$found" ] || found=$(command -v stage6) || found=
case $found in
  /*)
    place=$(CDPATH='' cd -- "$(dirname -- "$found")" && pwd -P) || exit 70
    case $place/ in
      "$own"/*) echo "stage6: $found lies in the harness root that it would judge" >&2; exit 70 ;;
    esac
    exec "$found" ${words}"$@"
    ;;
esac
missing="stage6 was not found: put it on PATH by an absolute path, or set STAGE6_COMMAND to its absolute path"
echo "$missing" >&2
for word do
  [ "$word" = --json ] || continue
  printf '{"schemaVersion":"1.0","command":null,"verdict":"error","exitCode":70,"error":{"code":"STAGE6_NOT_FOUND","message":"%s"},"activation":"none"}\\n' "$missing"
  break
done
exit 70
`;

const LAUNCHER = `#!/bin/sh
${launch("")}`;

const VALIDATE = `#!/bin/sh
# The whole gate of this harness root, read-only: the same as stage6 validate --harness-root <this root> [--json].
${launch('--harness-root "$root" validate ')}`;

const VALIDATE_PY = `#!/usr/bin/env python3
"""The whole gate of this harness root, read-only: the same as stage6 validate --harness-root <root> [--json]."""
import os
import sys

SCRIPT = r'''
${launch('--harness-root "$root" validate ')}'''

os.execv("/bin/sh", ["/bin/sh", "-c", SCRIPT, __file__, *sys.argv[1:]])
`;

const PLANNING_PY = `#!/usr/bin/env python3
"""The PRD and the issue artifacts below docs/planning of this harness root, or of the folder that it lies in where the root
has none: the same as stage6 validate-planning --root <that folder> [--json]."""
import os
import sys

SCRIPT = r'''
${launch(
  'validate-planning --root "$planning" ',
  '[ -d "$root/docs/planning" ] && planning=$root || planning=$root/..\n',
)}'''

os.execv("/bin/sh", ["/bin/sh", "-c", SCRIPT, __file__, *sys.argv[1:]])
`;

const HEALTH = `#!/bin/sh
# Health of this harness root: the same as stage6 health --harness-root <this root> [--json].
${launch('--harness-root "$root" health ')}`;

/** The programs that `init` puts into a harness root, by path: each byte of them. One that says anything else is a finding. */
export const ROOT_PROGRAMS: Readonly<Record<string, string>> = {
  "runner/stage6": LAUNCHER,
  "runner/validate-case-stage6": VALIDATE,
  "runner/validate-case-stage6.py": VALIDATE_PY,
  "evals/health.sh": HEALTH,
  "tools/validate_cto_child.py": PLANNING_PY,
};

/** Looks at the programs of a root: one that is there has to be the very one that `init` writes. A changed one could say anything. */
export async function checkRootPrograms(root: string): Promise<readonly RootFinding[]> {
  const findings: RootFinding[] = [];
  for (const [path, text] of Object.entries(ROOT_PROGRAMS)) {
    const read = await readRootFile(root, path);
    if (!read.ok) {
      if (read.finding.code !== "ARTIFACT_MISSING") findings.push(read.finding);
    } else if (!read.bytes.equals(Buffer.from(text)))
      findings.push({
        code: "DIGEST_MISMATCH",
        rule: "root-program",
        file: path,
        found: read.sha256,
        expected: "the bytes that stage6 init writes, and puts back when it is called again",
      });
  }
  return findings;
}
