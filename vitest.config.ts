import { configDefaults, defineConfig } from "vitest/config";
import { tallyReporter } from "./tools/tally-reporter.ts";

// Tests that need bubblewrap are named strict-*: on Linux they fail where it is missing, elsewhere they do not exist.
const elsewhere = process.platform === "linux" ? [] : ["**/strict-*.test.ts"];

const conditions = ["@stage6/source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts", "src/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...elsewhere],
    reporters: ["default", tallyReporter],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
