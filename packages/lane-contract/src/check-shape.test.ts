import { expect, test } from "vitest";
import { findMisfit, KnownShapes, type Shape } from "./check-shape.ts";

const GOOD: readonly (readonly [Shape, unknown])[] = [
  ["string", ""],
  ["boolean", false],
  ["integer", -1],
  ["count", 0],
  ["null", null],
  ["list", []],
  ["object", {}],
  ["any", null],
  ["string|absent", undefined],
  ["=true|=false", true],
  ["=3", 3],
  [["count"], [1, 2]],
  [
    { a: "string", b: { c: "count" } },
    { a: "", b: { c: 1, more: 1 }, more: 1 },
  ],
];

test.each(GOOD)("%j fits %j", (shape, value) => {
  expect(findMisfit(value, shape)).toBeNull();
});

const BAD: readonly (readonly [Shape, unknown, string])[] = [
  ["string", 1, "/: expected string, found number"],
  ["count", -1, "/: expected count, found number"],
  ["count", 1.5, "/: expected count, found number"],
  ["integer", 2 ** 60, "/: expected integer, found number"],
  ["any", undefined, "/: expected any, found absent"],
  ["object", [], "/: expected object, found list"],
  ["=true", null, "/: expected =true, found null"],
  ["=a", { toString: () => "a" }, "/: expected =a, found object"],
  [["count"], [1, "2"], "/1: expected count, found string"],
  [["count"], { 0: 1 }, "/: expected list, found object"],
  [{ a: { b: ["string"] } }, { a: { b: ["", null] } }, "/a/b/1: expected string, found null"],
  [{ a: "any" }, Object.create({ a: 1 }), "/a: expected any, found absent"],
  [{ a: {} }, { a: [] }, "/a: expected object, found list"],
];

test.each(BAD)("%j does not fit %j, and the place is named", (shape, value, misfit) => {
  expect(findMisfit(value, shape)).toBe(misfit);
});

test("a type is known by its own name in its own family only", () => {
  const shapes = new KnownShapes({ events: { start: { id: "string" } }, items: {} });
  expect(shapes.has("events", "start")).toBe(true);
  expect(shapes.has("items", "start")).toBe(false);
  expect(shapes.has("events", "constructor")).toBe(false);
  expect(shapes.findDrift("events", "start", {})).toBe("/id: expected string, found absent");
  expect(shapes.findDrift("events", "start", { id: "" })).toBeNull();
});
