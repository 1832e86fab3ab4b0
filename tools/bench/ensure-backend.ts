import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { isRecord } from "../boundaries/is-record.ts";

const DEADLINE_MS = 11 * 60_000;
const root = join(import.meta.dirname, "..", "..");

/** Installs a pinned backend when it is missing, as a user would, and returns the folder of its installation. */
export function ensureBackend(name: string): string {
  const args = [
    join(root, "tools", "run-source.mjs"),
    "packages/cli/src/main.ts",
    "backends",
    "install",
    name,
    "--json",
  ];
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: DEADLINE_MS,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const result: unknown = JSON.parse(stdout);
  const backends: unknown = isRecord(result) ? result["backends"] : null;
  const first: unknown = Array.isArray(backends) ? backends.at(0) : null;
  if (isRecord(first) && typeof first["folder"] === "string") return first["folder"];
  throw new Error(`the ${name} backend could not be installed`);
}
