import { defineConfig } from "vitest/config";
import shared from "../../vitest.config.ts";

// Tests as mutants are judged by: examples. A sweep over random inputs finds a mutant now and then, and takes minutes for
// each of them; what a verdict rests on has an example of its own.
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    exclude: [...(shared.test?.exclude ?? []), "**/*.properties.test.ts"],
    env: { STAGE6_PROPERTY_RUNS: "20" },
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
