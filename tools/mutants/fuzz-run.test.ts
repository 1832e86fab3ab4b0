import { expect, it } from "vitest";
import { fuzz } from "./fuzz-run.ts";

it("finds no input that makes a reader throw, hang or judge otherwise than its rule", () => {
  const { inputs, failures, slowestMs } = fuzz(20_260_101, 10_000);
  expect(failures).toEqual([]);
  expect(inputs).toBe(10_000);
  expect(slowestMs).toBeLessThan(5000);
});
