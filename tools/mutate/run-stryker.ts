import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";
import type { MutantResult } from "./summarize.ts";

const CONFIG = fileURLToPath(new URL("vitest.config.ts", import.meta.url));
const RUNNER = import.meta.resolve("@stryker-mutator/vitest-runner");

/**
 * Mutates files of one package and runs its own tests on each mutant, in a copy of the work tree below `temp`. The current
 * folder has to be the root of the work tree. Throws when the tests fail without any mutation.
 *
 * The copy's other packages are those of the work tree, unchanged; so are programs that a test starts as a process.
 */
export async function runStryker(
  name: string,
  files: readonly string[],
  temp: string,
): Promise<readonly MutantResult[]> {
  const stryker = new Stryker({
    mutate: [...files],
    testRunner: "vitest",
    plugins: [RUNNER],
    vitest: { configFile: CONFIG, dir: `packages/${name}`, related: true },
    coverageAnalysis: "perTest",
    concurrency: 1,
    // Texts are for people; the codes among them are frozen with literals by tests of their own.
    mutator: { excludedMutations: ["StringLiteral"] },
    // TypeScript 7 has no library that could read these; vite needs neither.
    tsconfigFile: "none.json",
    disableTypeChecks: false,
    dryRunTimeoutMinutes: 30,
    timeoutMS: 60_000,
    reporters: ["progress"],
    ignorePatterns: ["/docs", "**/dist"],
    tempDirName: join(temp, name),
    allowEmpty: true,
  });
  return stryker.runMutationTest();
}
