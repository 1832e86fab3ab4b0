import { expect, it } from "vitest";
import { fuzzTree } from "./fuzz-tree.ts";

it("reports exactly the changes that a model of the tree expects, whatever was done to it", async () => {
  const { failures, done, verdicts } = await fuzzTree(20_260_101, 200);
  expect(failures).toEqual([]);
  const here = Object.entries(done).filter(([name]) => name !== "attribute" || process.platform === "linux");
  for (const [name, times] of here) expect({ name, done: times > 0 }).toEqual({ name, done: true });
  expect(Object.keys(verdicts).toSorted()).toEqual([
    "added allowed",
    "added violation",
    "deleted allowed",
    "deleted violation",
    "mode-changed allowed",
    "mode-changed violation",
    "modified allowed",
    "modified violation",
    "touched touched",
    "type-changed allowed",
    "type-changed violation",
  ]);
});
