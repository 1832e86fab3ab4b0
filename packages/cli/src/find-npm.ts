import { accessSync, constants } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { CliIo } from "./cli-io.ts";

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Command line that starts npm: the npm we were started by, else the one beside this Node, else the one on PATH; null when there is none. */
export function findNpm(env: CliIo["env"]): readonly string[] | null {
  const started = env["npm_execpath"];
  if (started !== undefined && basename(started) === "npm-cli.js") return [process.execPath, started];
  const folders = [dirname(process.execPath), ...(env["PATH"] ?? "").split(delimiter)].filter(
    (folder) => folder !== "",
  );
  const found = folders.map((folder) => join(folder, "npm")).find(runnable);
  return found === undefined ? null : [found];
}
