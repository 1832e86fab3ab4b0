import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedText } from "./bounded-text.ts";

describe("boundedText", () => {
  it("cuts at code points and leaves no lone surrogate", () => {
    expect(boundedText("\u{1f600}".repeat(5), 3)).toBe("\u{1f600}".repeat(3));
    expect(boundedText("a\ud800b", 10)).toBe("a\ufffdb");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat({ max: 20 }), (text, limit) => {
        const cut = boundedText(text, limit);
        expect(Array.from(cut).length).toBeLessThanOrEqual(limit);
        expect(cut).not.toMatch(/\p{Surrogate}/u);
        if (Array.from(text).length <= limit) expect(cut).toBe(text.replace(/\p{Surrogate}/gu, "\ufffd"));
      }),
    );
  });
});
