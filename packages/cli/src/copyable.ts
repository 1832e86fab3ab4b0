import type { CliIo } from "./cli-io.ts";

/** A line that tells a next step, up to the name of this tool. Text of evidence is escaped, so none of its lines begins like this. */
const NEXT = /^((?: {2}|[a-z][a-z0-9-]{0,63}: )?next: |Next: )stage6 /gm;

/** How this tool was called: `stage6`, or the npm script of the repository. */
export function programOf(env: CliIo["env"]): string {
  return ["rehearse", "stage6"].includes(env["npm_lifecycle_event"] ?? "")
    ? "npm run --silent stage6 --"
    : "stage6";
}

/** A text with its next steps as commands that work from where the reader stands. */
export function copyable(text: string, env: CliIo["env"]): string {
  return text.replaceAll(NEXT, (_whole, before: string) => `${before}${programOf(env)} `);
}
