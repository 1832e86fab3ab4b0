import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_JSON_DEPTH } from "./bounded-json.ts";
import { MAX_REQUEST_MARKS, readStrictJson } from "./strict-json.ts";

const read = (text: string) => readStrictJson(Buffer.from(text));

describe("readStrictJson", () => {
  it("reads and writes every JSON object without changing what it means", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), fc.nat(3), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const strict = read(text);
        expect(strict.ok).toBe(true);
        if (!strict.ok) return;
        expect(JSON.stringify(JSON.parse(strict.text))).toBe(JSON.stringify(JSON.parse(text)));
        expect(JSON.stringify(strict.value)).toBe(JSON.stringify(JSON.parse(text)));
        expect(read(strict.text)).toMatchObject({ ok: true, text: strict.text });
      }),
      { numRuns: 300 },
    );
  });

  it("takes and refuses the same texts as JSON.parse, repeated keys aside", () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", '"', "{", "}", ",", ":", "\\", "\u0000", "e", "-", "0", " "),
      )
      .map(([text, at, put]) => {
        const place = at % (text.length + 1);
        return `{"a":${text.slice(0, place)}${put}${text.slice(place + 1)}}`;
      });
    fc.assert(
      fc.property(broken, (text) => {
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          parsed = undefined;
        }
        const strict = read(text);
        // A repeated key ends the reading, whatever stands behind it.
        if (!strict.ok && strict.fault === "repeated-key") return;
        expect(parsed !== undefined).toBe(strict.ok);
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps the order of keys and the digits of numbers, which JavaScript would change", () => {
    const text =
      '{"b":12345678901234567890,"10":-0,"2":1e400,"1":0.10000000000000000001,"__proto__":{"x":1E+2}}';
    expect(read(text)).toMatchObject({ ok: true, text });
    const strict = read(text);
    expect(strict.ok && Object.hasOwn(strict.value, "__proto__")).toBe(true);
  });

  it("writes strings again, escapes included", () => {
    expect(read('{ "\\u006dodel" : "\\ud83d\\ude00\\/\\ud800" }')).toMatchObject({
      ok: true,
      value: { model: "\u{1f600}/\ud800" },
      text: '{"model":"\u{1f600}/\\ud800"}',
    });
  });

  it.each([
    '{"model":"a","model":"a"}',
    '{"model":"a","\\u006dodel":"b"}',
    '{"a":[{"b":{"c":1,"c":2}}]}',
    '{"__proto__":1,"__proto__":2}',
  ])("refuses a key that stands twice in one object: %s", (text) =>
    expect(read(text)).toEqual({ ok: false, fault: "repeated-key" }),
  );

  it.each([
    "",
    "[]",
    "null",
    '"a"',
    "{",
    "{}{}",
    "{} x",
    '{"a":1,}',
    "{'a':1}",
    "{a:1}",
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":NaN}',
    '{"a":1}//',
    '{"a":"\n"}',
    '{"a":"\\x"}',
    '{"a":tru}',
    "\ufeff{}",
    "\u00a0{}",
    `{"a":${"1".repeat(129)}}`,
  ])("refuses what is no JSON object: %j", (text) =>
    expect(read(text)).toEqual({ ok: false, fault: "not-json" }),
  );

  it("refuses bytes that are no UTF-8, depth and number of values beyond the bounds", () => {
    expect(readStrictJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).ok).toBe(false);
    const deep = (levels: number): string => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect([read(deep(MAX_JSON_DEPTH - 1)).ok, read(deep(MAX_JSON_DEPTH)).ok]).toEqual([true, false]);
    expect(read("[".repeat(5_000_000)).ok).toBe(false);
    expect(read(`{"a":[${"0,".repeat(MAX_REQUEST_MARKS)}0]}`).ok).toBe(false);
  });

  it("reads one string of any length, and any amount of white space", () => {
    for (const unit of ["x", "x\\n", "\\\\"])
      expect(read(`{"a":"${unit.repeat(10_000_000)}"}`).ok).toBe(true);
    expect(read(`{"a":${" ".repeat(20_000_000)}1}`)).toMatchObject({ ok: true, text: '{"a":1}' });
    expect(read(`{"a":"${"\\".repeat(20_000_001)}"}`).ok).toBe(false);
  });
});
