import { configDefaults, defineConfig } from "vitest/config";
import shared from "./vitest.config.ts";

// Tests that drive the real Case, which has no licence and which nobody can install for you: npm run test:case. They
// need STAGE6_CASE_BINARY, or STAGE6_CASE_CHECKOUT and STAGE6_BUN (packages/lane-case/README.md), and fail without.
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["packages/*/src/**/*.real.test.ts"],
    exclude: configDefaults.exclude,
  },
});
