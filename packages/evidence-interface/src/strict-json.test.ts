import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictBytes, parseStrictText, strictFinding, writeStrictBytes } from "./strict-json.ts";

const rule = (text: string) => {
  const read = parseStrictText(text);
  return read.ok ? "ok" : read.rule;
};

describe("parseStrictText", () => {
  it.each([
    ['{"a":1,"a":2}', "not-canonical"],
    ['{"a": 1}', "not-canonical"],
    ['{"a":1}\n', "not-canonical"],
    ["1.0", "not-canonical"],
    ["-0", "not-canonical"],
    ["1e400", "not-canonical"],
    ["9007199254740993", "not-canonical"],
    ['"\\u0041"', "not-canonical"],
    ['"\\/"', "not-canonical"],
    ['{"b":1,"1":2}', "not-canonical"],
    ["{", "not-json"],
    ["", "not-json"],
    ["\ufeff{}", "not-json"],
    ['{"__proto__":1}', "proto-key"],
    ['[{"a":{"__proto__":1}}]', "proto-key"],
    ['"\\ud83d"', "lone-surrogate"],
    ['{"\\udc00":1}', "lone-surrogate"],
    ['"\ud83d"', "not-canonical"],
  ])("refuses %j as %s", (text, expected) => {
    expect(rule(text)).toBe(expected);
  });

  it.each(['"__proto__"', '"\\\\ud83d"', '"\u{1f600}"', "1e+21", "1.5", '{"1":2,"b":1}', "[]", '"\u2028"'])(
    "accepts %s",
    (text) => {
      expect(rule(text)).toBe("ok");
    },
  );

  it("refuses nesting that would overflow the stack instead of throwing", () => {
    expect(rule("[".repeat(100_000) + "]".repeat(100_000))).toBe("too-deep");
  });

  it("never throws, and what it accepts writes back to the same text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => {
        const read = parseStrictText(text);
        expect(read.ok ? JSON.stringify(read.value) : text).toBe(text);
      }),
    );
  });
});

describe("parseStrictBytes", () => {
  it("refuses bytes outside UTF-8, a byte order mark, and more bytes than allowed", () => {
    expect(parseStrictBytes(Buffer.of(0x22, 0xff, 0x22))).toMatchObject({ rule: "not-utf8" });
    expect(parseStrictBytes(Buffer.from("\ufeff{}"))).toMatchObject({ rule: "byte-order-mark" });
    expect(parseStrictBytes(Buffer.from("[1]"), 2)).toMatchObject({ rule: "too-large" });
    expect(parseStrictBytes(Buffer.from("[1]"), 3)).toMatchObject({ ok: true });
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseStrictBytes(bytes).ok).toBeTypeOf("boolean");
      }),
    );
  });
});

describe("writeStrictBytes", () => {
  it("writes what the reader accepts", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "grapheme" }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(!JSON.stringify(plain).includes("__proto__"));
        expect(parseStrictBytes(writeStrictBytes(plain))).toMatchObject({ ok: true });
      }),
    );
  });

  it("refuses a value that holds a lone surrogate", () => {
    expect(() => writeStrictBytes({ a: "\ud800" })).toThrow(TypeError);
  });
});

describe("strictFinding", () => {
  it("calls a document too large by its own code", () => {
    expect(strictFinding({ rule: "too-large", found: "" }, "f").code).toBe("INPUT_TOO_LARGE");
    expect(strictFinding({ rule: "not-utf8", found: "" }, "f").code).toBe("BYTES_NOT_CANONICAL");
  });
});
