import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote, quoteText } from "./claimed-text.ts";

const text = fc.string({
  unit: fc.oneof(fc.constantFrom("a", "é", "😀", "\ud800", "\udc00"), fc.string({ maxLength: 1 })),
  maxLength: 40,
});

describe("a quote", () => {
  it("leaves short well-formed text as it is", () => {
    expect(quote("añ😀")).toEqual({ text: "añ😀", truncated: false });
  });

  it("is cut at 4096 code points, not units", () => {
    expect(quote("😀".repeat(4096))).toEqual({ text: "😀".repeat(4096), truncated: false });
    expect(quote("😀".repeat(4097))).toEqual({ text: "😀".repeat(4096), truncated: true });
  });

  it("shows a lone surrogate as an escape", () => {
    expect(quoteText("a\ud800b\udc00")).toBe("a\\ud800b\\udc00");
  });

  it("is well formed, bounded, and a prefix of the whole escaped text", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (value, max) => {
        const whole = Array.from(
          value.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`),
        );
        const got = quote(value, max);
        expect(got).toEqual({ text: whole.slice(0, max).join(""), truncated: whole.length > max });
        expect(got.text).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
