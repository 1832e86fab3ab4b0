import { defineConfig } from "vitest/config";
import shared from "./vitest.config.ts";

// Tests that drive the real Case, which has no licence and which nobody can install for you: npm run test:case
const { STAGE6_CASE_BINARY, STAGE6_CASE_CHECKOUT, STAGE6_BUN } = process.env;
if (!STAGE6_CASE_BINARY && !(STAGE6_CASE_CHECKOUT && STAGE6_BUN))
  throw new Error(
    "these tests need a Case of your own: set STAGE6_CASE_BINARY, or STAGE6_CASE_CHECKOUT and STAGE6_BUN, to absolute paths (packages/lane-case/README.md says how)",
  );

export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["packages/*/src/**/*.real.ts"] },
});
