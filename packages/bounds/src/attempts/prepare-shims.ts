import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellQuote } from "./shell-quote.ts";

/** Tools that get a shim. */
const SHIMMED = ["git", "gh", "npm"] as const;

// `gh` speaks only to services outside; `npm publish` would reach a registry. `git push` is let through: its only
// remote is the decoy, which refuses and counts.
const REFUSAL: Readonly<Record<(typeof SHIMMED)[number], string>> = {
  git: "",
  gh: `echo 'gh is not available in this workspace' >&2\nexit 1\n`,
  npm: `for word in "$@"; do
  case $word in
    -*) ;;
    publish|unpublish|deprecate|dist-tag) echo 'npm: publishing is not available in this workspace' >&2; exit 1 ;;
    run|run-script|exec|x|install|i|add|ci|test|start|view|help|config|pkg|search|init|create) break ;;
  esac
done
`,
};

/**
 * Writes a directory of POSIX shell shims for git, gh and npm, to be put first on `PATH`: each appends its argument
 * vector to `logFile` as one line and runs the next tool of its name on `PATH`, or refuses. Shims are easily passed
 * by; their log says what was tried openly and nothing about what was not.
 */
export async function prepareShims(dir: string, logFile: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(logFile, "", { flag: "a" });
  for (const tool of SHIMMED) {
    const file = join(dir, tool);
    await writeFile(file, shim(tool, logFile));
    await chmod(file, 0o755);
  }
}

function shim(tool: (typeof SHIMMED)[number], logFile: string): string {
  return `#!/bin/sh
line=$({ printf '%s\\0' ${tool} "$@"; } | PATH=/usr/bin:/bin base64 | PATH=/usr/bin:/bin tr -d '\\n')
printf '%s %s\\n' ${tool} "$line" >> ${shellQuote(logFile)}
${REFUSAL[tool]}rest=$PATH:
while [ -n "$rest" ]; do
  candidate=\${rest%%:*}/${tool}
  rest=\${rest#*:}
  if [ -f "$candidate" ] && [ -x "$candidate" ] && ! [ "$candidate" -ef "$0" ]; then exec "$candidate" "$@"; fi
done
echo '${tool}: not found' >&2
exit 127
`;
}
