import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import { tallyReporter } from "./tools/tally-reporter.ts";

// Tests that need bubblewrap are named strict-*. CI installs it and never leaves them out; a machine without it is told.
const wanted =
  process.platform === "linux" &&
  (process.env["CI"] !== undefined || spawnSync("bwrap", ["--version"]).status === 0);
const elsewhere = wanted ? [] : ["**/strict-*.test.ts"];
if (!wanted && process.platform === "linux")
  process.stderr.write(
    "bubblewrap is missing: tests of the strict bounds tier are left out; install it to run them\n",
  );

const conditions = ["@stage6/source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts", "src/**/*.test.ts"],
    // *.real.test.ts drive a backend that nobody can install: vitest.case.config.ts.
    exclude: [...configDefaults.exclude, "**/*.real.test.ts", ...elsewhere],
    reporters: ["default", tallyReporter],
    globalSetup: fileURLToPath(new URL("tools/build-once.ts", import.meta.url)),
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
