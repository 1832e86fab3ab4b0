import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_JSON_DEPTH, MAX_JSON_MARKS, parseBoundedJson } from "./bounded-json.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

describe("parseBoundedJson", () => {
  it("parses what JSON.parse parses", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseBoundedJson(bytes(text))).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it("gives null for anything else and never throws", () => {
    for (const text of ["", "{", "nul", "\ufeff{}", '"\\', '{"a":1,}'])
      expect(parseBoundedJson(bytes(text))).toBeNull();
    expect(parseBoundedJson(Buffer.from([0x22, 0xff, 0x22]))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array(), (noise) => {
        expect(() => parseBoundedJson(noise)).not.toThrow();
      }),
    );
  });

  it("refuses depth and number of values beyond the bounds, whatever strings hold", () => {
    expect(parseBoundedJson(bytes("[".repeat(MAX_JSON_DEPTH) + "]".repeat(MAX_JSON_DEPTH)))).not.toBeNull();
    expect(
      parseBoundedJson(bytes("[".repeat(MAX_JSON_DEPTH + 1) + "]".repeat(MAX_JSON_DEPTH + 1))),
    ).toBeNull();
    expect(parseBoundedJson(bytes(`[${"0,".repeat(MAX_JSON_MARKS)}0]`))).toBeNull();
    expect(parseBoundedJson(bytes(JSON.stringify('[{,:\\"'.repeat(MAX_JSON_MARKS / 4))))).not.toBeNull();
  });
});
