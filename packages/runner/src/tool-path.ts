import { dirname } from "node:path";

/** PATH for tools of a trial: this Node first, so that a task that runs `node` gets the harness's own. */
export function toolPath(): string {
  return `${dirname(process.execPath)}:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`;
}
