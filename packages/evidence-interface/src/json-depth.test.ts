import { expect, it } from "vitest";
import { isTooDeep, MAX_JSON_DEPTH } from "./json-depth.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

it("allows the bound and refuses one more, in arrays and objects", () => {
  expect(isTooDeep(nested(MAX_JSON_DEPTH))).toBe(false);
  expect(isTooDeep(nested(MAX_JSON_DEPTH + 1))).toBe(true);
  const objects = (depth: number): string => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  expect([isTooDeep(objects(MAX_JSON_DEPTH)), isTooDeep(objects(MAX_JSON_DEPTH + 1))]).toEqual([false, true]);
});

it("does not count brackets inside strings, whatever is escaped in them", () => {
  const text = "[".repeat(2000);
  expect(isTooDeep(JSON.stringify([text, `${text}\\`, `"${text}`, `\\"${text}`]))).toBe(false);
  expect(isTooDeep(JSON.stringify(`\\`) + nested(MAX_JSON_DEPTH + 1))).toBe(true);
});
