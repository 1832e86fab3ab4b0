import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Tools that reach a repository, a hosting service, a registry or a machine beyond this one. */
const TOOLS = ["git", "gh", "glab", "hub", "npm", "npx", "docker", "kubectl", "curl", "wget", "ssh", "scp"];
/** Ends of a word and of a call in the log: no argument holds them. */
const [WORD, CALL] = ["\u001e", "\u001d"];

/** A folder for the front of `PATH` whose tools note each call, word by word, and then do what the real ones do. */
export class RecordingTools {
  readonly folder: string;

  /** Writes the tools into a new folder. */
  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    writeFileSync(this.#log, "");
    for (const tool of TOOLS) {
      writeFileSync(join(folder, tool), script(tool, this.#log));
      chmodSync(join(folder, tool), 0o755);
    }
  }

  get #log(): string {
    return join(this.folder, "calls");
  }

  /** Calls so far, in order, the tool first. */
  calls(): string[][] {
    const text = readFileSync(this.#log, "utf8");
    return text
      .split(CALL)
      .filter((call) => call !== "")
      .map((call) => call.split(WORD).slice(0, -1));
  }
}

function script(tool: string, log: string): string {
  return `#!/bin/sh
{ printf '%s${WORD}' ${tool} "$@"; printf '${CALL}'; } >> '${log}'
PATH=\${PATH#*:}
command -v ${tool} >/dev/null || exit 127
exec ${tool} "$@"
`;
}
