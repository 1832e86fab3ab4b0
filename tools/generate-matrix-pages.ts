// Writes docs/matrix/<row>.md for every row of the failure matrix, or with --check compares them with the disk.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareFileSet, writeFileSet } from "./file-set.ts";
import { rowPages } from "./matrix/row-pages.ts";

const folder = join(fileURLToPath(new URL("..", import.meta.url)), "docs/matrix");

if (process.argv.includes("--check")) {
  const differences = await compareFileSet(folder, rowPages());
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
} else await writeFileSet(folder, rowPages());
