// Writes which adapter of the Case lane is in force, as a digest of its source; with --check compares it with the disk.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CASE_ADAPTER_FILE, caseAdapterModule } from "./contracts/case-adapter.ts";

const root = join(import.meta.dirname, "..");
const file = join(root, CASE_ADAPTER_FILE);
const text = caseAdapterModule(root);
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error(
    `${CASE_ADAPTER_FILE} is not what packages/lane-case/src gives: run tools/generate-contracts.ts`,
  );
  process.exitCode = 1;
}
