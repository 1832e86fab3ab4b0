import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Looks for the tool at run time, so that a root names no place of the machine it was made on. */
const LAUNCHER = `#!/bin/sh
# Runs stage6 with the given words. STAGE6_COMMAND names its program; otherwise it is looked for on PATH, then in the
# node_modules, or as the npm script stage6, of the folders above the current one and above this harness root.
set -u
if [ -n "\${STAGE6_COMMAND:-}" ]; then exec "$STAGE6_COMMAND" "$@"; fi
if command -v stage6 >/dev/null 2>&1; then exec stage6 "$@"; fi
for start in "$PWD" "$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)"; do
  folder=$start
  while [ -n "$folder" ]; do
    if [ -x "$folder/node_modules/.bin/stage6" ]; then exec "$folder/node_modules/.bin/stage6" "$@"; fi
    if [ -f "$folder/tools/run-source.mjs" ] && [ -f "$folder/packages/cli/src/main.ts" ]; then
      exec node "$folder/tools/run-source.mjs" "$folder/packages/cli/src/main.ts" "$@"
    fi
    folder=\${folder%/*}
  done
done
echo "stage6 was not found: put it on PATH, or set STAGE6_COMMAND to its program" >&2
exit 70
`;

const OWN_ROOT = `here=$(dirname -- "$0")
case $here in . | /) root=$here/.. ;; *) root=$(dirname -- "$here") ;; esac`;

const VALIDATE = `#!/bin/sh
# The whole gate of this harness root, read-only: the same as stage6 validate --harness-root <this root> [--json].
${OWN_ROOT}
exec "$here/stage6" --harness-root "$root" validate "$@"
`;

const VALIDATE_PY = `#!/usr/bin/env python3
"""The whole gate of this harness root, read-only: the same as stage6 validate --harness-root <root> [--json]."""
import os
import sys

program = os.path.join(os.path.dirname(__file__) or ".", "validate-case-stage6")
os.execv("/bin/sh", ["/bin/sh", program, *sys.argv[1:]])
`;

const HEALTH = `#!/bin/sh
# Health of this harness root: the same as stage6 health --harness-root <this root> [--json].
${OWN_ROOT}
exec "$root/runner/stage6" --harness-root "$root" health "$@"
`;

const COMMANDS: Readonly<Record<string, string>> = {
  "runner/stage6": LAUNCHER,
  "runner/validate-case-stage6": VALIDATE,
  "runner/validate-case-stage6.py": VALIDATE_PY,
  "evals/health.sh": HEALTH,
};

/** Writes the commands of a harness root, executable: `runner/validate-case-stage6`, the same in Python, `evals/health.sh`. */
export async function writeRootCommands(root: string): Promise<void> {
  for (const [path, text] of Object.entries(COMMANDS)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: 0o755 });
  }
}
