import { expect, it } from "vitest";
import { benchEventLog } from "./event-log.ts";

it("reads every event on every side, so that the ratios compare the same work", async () => {
  const { sides } = await benchEventLog(2000, 1);
  expect(Object.keys(sides)).toEqual(["parse", "floor", "check", "ajv", "zod"]);
  for (const { ms, peakMb } of Object.values(sides)) {
    expect(ms).toBeGreaterThan(0);
    expect(peakMb).toBeGreaterThan(0);
  }
});
