import { defineConfig } from "vitest/config";
import { tallyReporter } from "./tools/tally-reporter.ts";

const conditions = ["@stage6/source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts", "src/**/*.test.ts"],
    reporters: ["default", tallyReporter],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
