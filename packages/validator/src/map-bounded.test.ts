import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { mapBounded } from "./map-bounded.ts";

it("keeps the order and never works on more than the limit", async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapBounded([5, 1, 4, 2, 3, 0], 2, async (item) => {
    most = Math.max(most, (running += 1));
    await wait(item);
    running -= 1;
    return item * 2;
  });
  expect(doubled).toEqual([10, 2, 8, 4, 6, 0]);
  expect(most).toBe(2);
});

it("works with nothing, and rejects when the work does", async () => {
  expect(await mapBounded([], 8, async () => 1)).toEqual([]);
  await expect(mapBounded([1], 8, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
});
