import fc from "fast-check";
import { expect, test } from "vitest";
import { short, shorten } from "./short-text.ts";

test("leaves a short text alone", () => {
  expect(shorten("plain é 😀")).toEqual({ text: "plain é 😀", truncated: false });
});

test("counts code points, not units", () => {
  expect(shorten("😀".repeat(4096))).toEqual({ text: "😀".repeat(4096), truncated: false });
  expect(shorten("😀".repeat(4097))).toEqual({ text: "😀".repeat(4096), truncated: true });
  expect(shorten("x".repeat(4097))).toEqual({ text: "x".repeat(4096), truncated: true });
  expect(shorten("x".repeat(3_000_000)).truncated).toBe(true);
});

test("writes a lone surrogate as its escape", () => {
  expect(short("a\ud800b")).toBe("a\\ud800b");
  expect(short("\udc00\ud83d\ude00\ud83d")).toBe("\\udc00😀\\ud83d");
});

test("is always well-formed and never longer than asked", () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 });
  fc.assert(
    fc.property(units, fc.integer({ min: 1, max: 12 }), (codes, max) => {
      const { text, truncated } = shorten(String.fromCharCode(...codes), max);
      expect(Array.from(text).length).toBeLessThanOrEqual(max);
      expect(() => encodeURIComponent(text)).not.toThrow();
      if (!truncated) expect(text.length).toBeGreaterThanOrEqual(codes.length);
    }),
  );
});
