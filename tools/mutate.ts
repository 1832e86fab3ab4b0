// Changes the rules of the packages that decide, one place at a time, and says which changes no test of their own package
// notices: npm run mutate [-- --package NAME]... [--file GLOB]... [--since COMMIT]. Takes minutes per file; no part of CI.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseMutateOptions } from "./mutate/mutate-options.ts";
import { mutatedFiles } from "./mutate/mutated-files.ts";
import { runStryker } from "./mutate/run-stryker.ts";
import { summarize, summaryLine, survivorLines, type MutantResult } from "./mutate/summarize.ts";

const options = parseMutateOptions(process.argv.slice(2), join(import.meta.dirname, ".."));
const root = resolve(options.root);
process.chdir(root);
const temp = mkdtempSync(join(tmpdir(), "stage6-mutate-"));
try {
  for (const name of options.packages) {
    const files = mutatedFiles(name, { ...options, root });
    const mutants: MutantResult[] = [];
    // File by file, so that what is known after an hour is not lost with the rest.
    for (const file of files) {
      const found = await runStryker(name, [file], temp);
      const own = found.map((one) => ({ ...one, fileName: relative(root, resolve(root, one.fileName)) }));
      mutants.push(...own);
      process.stdout.write(`${[summaryLine(file, summarize(own)), ...survivorLines(own)].join("\n  ")}\n`);
    }
    process.stdout.write(`${summaryLine(name, summarize(mutants))}\n`);
  }
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
}
