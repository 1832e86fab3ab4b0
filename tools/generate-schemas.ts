// Writes docs/schemas/<name>.v1.schema.json for every document, or with --check compares them with the disk.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareFileSet, writeFileSet } from "./file-set.ts";
import { schemaFiles } from "./schemas/published-schema.ts";

const folder = join(fileURLToPath(new URL("..", import.meta.url)), "docs/schemas");

if (process.argv.includes("--check")) {
  const differences = await compareFileSet(folder, schemaFiles());
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
} else await writeFileSet(folder, schemaFiles());
