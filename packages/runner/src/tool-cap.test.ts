import { expect, test } from "vitest";
import { ToolCap } from "./tool-cap.ts";

test("calls are counted by both witnesses, and the higher count is held against the limit", () => {
  const cap = new ToolCap(2);
  cap.asked();
  cap.asked();
  expect([cap.calls, cap.signal.aborted]).toEqual([2, false]);
  cap.asked();
  expect([cap.calls, cap.signal.aborted]).toEqual([3, true]);
});

test("without a limit nothing is ended", () => {
  const cap = new ToolCap(undefined);
  for (let call = 0; call < 1000; call += 1) cap.asked();
  expect(cap.signal.aborted).toBe(false);
});
