import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretForms } from "./secret-forms.ts";

const holds = (text: string, form: string, secret: string): boolean =>
  secretForms(secret).some((item) => item.form === form && text.includes(item.bytes.toString("latin1")));
const key = fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 40 });

describe("forms of a secret", () => {
  it("are these for a short token", () => {
    expect(secretForms("abc?def~").map(({ form, bytes: text }) => `${form} ${text.toString()}`)).toEqual([
      "plain abc?def~",
      "reversed ~fed?cba",
      "base64 YWJjP2RlZn",
      "base64 FiYz9kZWZ+",
      "base64 hYmM/ZGVmf",
      "base64url FiYz9kZWZ-",
      "base64url hYmM_ZGVmf",
      "hex 6162633f6465667e",
      "hex 6162633F6465667E",
      "percent %61%62%63%3F%64%65%66%7E",
      "percent %61%62%63%3f%64%65%66%7e",
      "percent abc%3Fdef~",
    ]);
  });

  it("hold the base64 of the secret wherever it lies in what is encoded", () => {
    fc.assert(
      fc.property(key, bytes, bytes, (secret, before, after) => {
        const all = Buffer.concat([before, Buffer.from(secret), after]);
        expect(holds(all.toString("base64"), "base64", secret)).toBe(true);
        const url = all.toString("base64url");
        expect(holds(url, "base64url", secret) || holds(url, "base64", secret)).toBe(true);
      }),
    );
  });

  it("hold what a program would write into a URL or into JSON", () => {
    fc.assert(
      fc.property(key, (secret) => {
        const plain = (text: string, form: string) => text.includes(secret) || holds(text, form, secret);
        expect(plain(`?key=${encodeURIComponent(secret)}`, "percent")).toBe(true);
        expect(plain(JSON.stringify({ key: secret }), "json")).toBe(true);
      }),
    );
  });

  it("leave out what is shorter than 8 bytes, which would be found by chance", () => {
    expect(secretForms("abc").map(({ form }) => form)).toEqual(["percent", "percent"].slice(0, 1));
    expect(secretForms("")).toEqual([]);
  });

  it("name each sequence of bytes once", () => {
    const all = secretForms("aaaaaaaaaaaa").map(({ bytes: form }) => form.toString("latin1"));
    expect(new Set(all).size).toBe(all.length);
  });
});
