// Writes the golden bundles of version 1, or with --check compares them with the disk. They are frozen: a change here is a break.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareFileSet, writeFileSet } from "./file-set.ts";
import { goldenFiles } from "./golden/golden-files.ts";

const folder = join(fileURLToPath(new URL("..", import.meta.url)), "packages/evidence-interface/fixtures/v1");

if (process.argv.includes("--check")) {
  const differences = await compareFileSet(folder, goldenFiles());
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
} else await writeFileSet(folder, goldenFiles());
