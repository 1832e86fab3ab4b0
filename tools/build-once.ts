import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Global setup of Vitest: builds what is not built yet, because tests that start `stage6` start what users have. */
export function setup(): void {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
}
