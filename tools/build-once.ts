import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Global setup of Vitest: builds what is not built yet, because tests that start `stage6` start what users have. A build
 * that fails is said and ends nothing: its errors are those of the types, which have a check of their own.
 */
export function setup(): void {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.stderr.write("the build has errors: stage6 is started as far as it was built\n");
}
