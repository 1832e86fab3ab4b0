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

/** Most characters of an argument vector that go into one line; with what stands around them it is written in one piece. */
const PART_CHARS = 2000;

/**
 * Writes a directory of POSIX shell shims for git, gh and npm, to be put first on `PATH`: each writes its argument vector to
 * the pipe `pipe`, that of a {@link ShimWitness}, and runs the next tool of its name on `PATH`, or refuses. Shims are easily
 * passed by; what they say shows what was tried openly and nothing about what was not.
 */
export async function prepareShims(dir: string, pipe: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const tool of SHIMMED) {
    const file = join(dir, tool);
    await writeFile(file, shim(tool, pipe));
    await chmod(file, 0o755);
  }
}

// Each line begins with an end of line of its own, so that nothing that was left unended before can spoil it.
function shim(tool: (typeof SHIMMED)[number], pipe: string): string {
  return `#!/bin/sh
words=$({ printf '%s\\0' ${tool} "$@"; } | PATH=/usr/bin:/bin base64 | PATH=/usr/bin:/bin tr -d '\\n')
count=$(((\${#words} + ${PART_CHARS - 1}) / ${PART_CHARS}))
say_all() {
  if [ "$count" -le 1 ]; then printf '\\n%s %s 1/1 %s\\n' ${tool} $$ "$words"; return; fi
  printf '%s\\n' "$words" | PATH=/usr/bin:/bin fold -w ${PART_CHARS} |
    PATH=/usr/bin:/bin awk -v head="${tool} $$" -v count="$count" \\
      '{ printf "\\n%s %d/%d %s\\n", head, NR, count, $0; fflush() }'
}
if ! say_all 2>/dev/null >> ${shellQuote(pipe)}; then
  echo '${tool}: cannot be started in this workspace' >&2
  exit 126
fi
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
