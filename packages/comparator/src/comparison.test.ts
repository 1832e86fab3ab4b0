import { checkDocument } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { COMPARISON_CODES } from "./code.ts";
import { compare } from "./compare.ts";
import { Comparison } from "./comparison.ts";
import { Policy } from "./policy.ts";
import { sampleInput } from "./testing/documents.ts";

test("a comparison fits its own schema, before and after JSON", () => {
  const comparison = compare(sampleInput());
  expect(
    checkDocument(Comparison, JSON.parse(JSON.stringify(comparison)), "comparison.json").findings,
  ).toEqual([]);
});

test("no other activation than none exists, and unknown keys are refused", () => {
  const comparison = compare(sampleInput());
  for (const bad of [
    { ...comparison, activation: "default" },
    { ...comparison, extra: 1 },
    { ...comparison, verdict: "approved" },
  ]) {
    expect(checkDocument(Comparison, bad, "comparison.json").findings).not.toEqual([]);
  }
});

test.each([
  ["Comparison", Comparison],
  ["Policy", Policy],
])("every object of %s is closed and every list bounded", (_, schema) => {
  const walk = (node: unknown, path: string): string[] => {
    if (typeof node !== "object" || node === null) return [];
    const found = Object.entries(node).flatMap(([key, value]) => walk(value, `${path}/${key}`));
    if ("type" in node && node.type === "object" && !("additionalProperties" in node))
      found.push(`${path} is open`);
    if ("type" in node && node.type === "array" && !("maxItems" in node)) found.push(`${path} is unbounded`);
    return found;
  };
  expect(walk(schema, "")).toEqual([]);
});

test("the reason codes are frozen", () => {
  expect(COMPARISON_CODES).toHaveLength(48);
  expect(new Set(COMPARISON_CODES).size).toBe(48);
  expect(COMPARISON_CODES.every((code) => /^[A-Z][A-Z0-9_]{2,63}$/.test(code))).toBe(true);
});
