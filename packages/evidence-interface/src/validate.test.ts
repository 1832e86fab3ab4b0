import Type from "typebox";
import { describe, expect, it } from "vitest";
import { checkDocument, foreignVersion, validateDocument } from "./validate.ts";

const Doc = Type.Object(
  { schemaVersion: Type.String({ pattern: "^1\\.[0-9]{1,4}$" }), n: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
);
const codes = (value: unknown) =>
  checkDocument(Doc, value, "f").findings.map(
    (finding) => `${finding.code}/${finding.rule}${finding.pointer ?? ""}`,
  );

describe("checkDocument", () => {
  it("gives the document when it fits", () => {
    expect(checkDocument(Doc, { schemaVersion: "1.7", n: 1 }, "f")).toEqual({
      value: { schemaVersion: "1.7", n: 1 },
      findings: [],
    });
  });

  it("refuses another major before it looks at anything else", () => {
    expect(codes({ schemaVersion: "2.0", n: "?" })).toEqual(["SCHEMA_VERSION/major/schemaVersion"]);
    expect(codes({ schemaVersion: "0.9", n: 1 })).toEqual(["SCHEMA_VERSION/major/schemaVersion"]);
  });

  it("points at each fault", () => {
    expect(codes({ schemaVersion: "1.0", n: -1 })).toEqual(["SCHEMA_INVALID/schema/n"]);
    expect(codes({ schemaVersion: "1", n: 1 })).toEqual(["SCHEMA_INVALID/schema/schemaVersion"]);
    for (const value of [null, [], "x", 1, undefined]) expect(codes(value).length).toBeGreaterThan(0);
  });

  it("names an unknown key, escaped, and only the first few of many", () => {
    const [one] = checkDocument(Doc, { schemaVersion: "1.0", n: 1, "\u202ekey": 1 }, "f").findings;
    expect(one?.expected).toContain("\\u202ekey");
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 1]));
    const { findings } = checkDocument(Doc, { schemaVersion: "1.0", n: 1, ...many }, "f");
    expect(findings.map((finding) => finding.pointer)).toEqual(["/key0", "/key1", "/key2", "/key3", "/key4"]);
    const few = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };
    expect(checkDocument(Doc, { schemaVersion: "1.0", n: 1, ...few }, "f").findings[0]?.expected).toMatch(
      /\(a, b, c, d, e\)$/,
    );
  });
});

describe("validateDocument", () => {
  it("refuses an own __proto__ key", () => {
    expect(validateDocument(Doc, JSON.parse('{"schemaVersion":"1.0","n":1,"__proto__":{}}')).ok).toBe(false);
  });
});

describe("foreignVersion", () => {
  it("is null for version 1, for no version and for no object", () => {
    for (const value of [
      { schemaVersion: "1.99" },
      { schemaVersion: 2 },
      { schemaVersion: "two" },
      {},
      null,
      "2.0",
    ])
      expect(foreignVersion(value)).toBeNull();
    expect(foreignVersion({ schemaVersion: "10.0" })).toBe("10.0");
  });
});
