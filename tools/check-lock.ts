// Checks that lock files are complete and name no address: npm run check:lock [-- <file>...]; default package-lock.json
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lockFindings } from "./lock/lock-findings.ts";

const files =
  process.argv.length > 2 ? process.argv.slice(2) : [join(import.meta.dirname, "..", "package-lock.json")];
for (const file of files) {
  const findings = lockFindings(readFileSync(file, "utf8"));
  for (const finding of findings) console.error(`${file}: ${finding}`);
  console.log(`lock: ${file} ${findings.length === 0 ? "is complete" : `has ${findings.length} findings`}`);
  if (findings.length > 0) process.exitCode = 1;
}
