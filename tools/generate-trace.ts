// Writes docs/requirements-trace.md from the titles of the tests: node tools/run-source.mjs tools/generate-trace.ts [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTrace } from "./trace/read-trace.ts";
import { renderTrace } from "./trace/render-trace.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/requirements-trace.md");
const trace = readTrace(root);
const text = renderTrace(trace);
const problems = [
  ...trace.unknown.map((one) => `unknown requirement ${one}`),
  ...trace.requirements.flatMap(({ requirement, missing }) =>
    missing.map((one) => `${requirement.id} (${requirement.text}): ${one}`),
  ),
];
if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (readFileSync(page, "utf8") !== text) problems.push("docs/requirements-trace.md is not up to date");
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
