import { expect, it } from "vitest";
import { fuzz, GROWTH_BUDGET_MB } from "./fuzz-run.ts";

it("finds no input that makes a reader throw or judge otherwise than its rule, and none that it keeps", () => {
  const { inputs, failures, heapMb, grownMb } = fuzz(20_260_101, 10_000);
  expect(failures).toEqual([]);
  expect(inputs).toBe(10_000);
  expect(heapMb.length).toBe(10);
  expect(grownMb).toBeLessThan(GROWTH_BUDGET_MB);
});
