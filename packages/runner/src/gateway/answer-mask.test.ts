import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerMask, keySecrets, maskText } from "./answer-mask.ts";

const KEY = "sk-operator-0123456789abcdef";
const SECRETS = keySecrets(`Bearer ${KEY}`);

/** Pushes a text cut at these places, and joins what came out. */
const through = (text: string, cuts: readonly number[]): string => {
  const bytes = Buffer.from(text, "latin1");
  const mask = answerMask(SECRETS);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const parts = places.slice(1).map((to, index) => mask.push(bytes.subarray(places[index], to)));
  return Buffer.concat([...parts, mask.end()]).toString("latin1");
};

describe("answerMask", () => {
  it("names the key with and without its scheme", () => {
    expect(SECRETS).toEqual([`Bearer ${KEY}`, KEY]);
    expect(keySecrets(KEY)).toEqual([KEY]);
  });

  it("hides the key however the bytes are cut, and keeps every other byte", () => {
    const forms = [
      KEY,
      `Bearer ${KEY}`,
      KEY.split("").toReversed().join(""),
      Buffer.from(KEY).toString("hex"),
      Buffer.from(KEY).toString("hex").toUpperCase(),
      encodeURIComponent(`Bearer ${KEY}`),
    ];
    const other = fc.string().filter((text) => !/[*]/.test(text));
    fc.assert(
      fc.property(
        other,
        other,
        fc.constantFrom(...forms),
        fc.array(fc.nat(), { maxLength: 60 }),
        (before, after, form, cuts) => {
          const text = Buffer.from(`${before}${form}${after}.`).toString("latin1");
          const out = through(text, cuts);
          expect(out).not.toContain(KEY);
          expect(out).not.toContain(form);
          expect(out.length).toBe(text.length);
          for (const [at, character] of out.split("").entries())
            if (character !== "*") expect(character).toBe(text[at]);
        },
      ),
    );
  });

  it("hides the base64 of the key at every alignment", () => {
    for (const before of ["", "a", "ab", "abc"]) {
      const out = maskText(Buffer.from(`${before}${KEY}tail`).toString("base64"), SECRETS);
      expect(Buffer.from(out.replaceAll("*", "A"), "base64").toString("latin1")).not.toContain(
        KEY.slice(3, -3),
      );
    }
  });

  it("changes nothing without the key, and holds up no line that ends", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(), { maxLength: 9 }), (text, cuts) => {
        const bytes = Buffer.from(text).toString("latin1");
        expect(through(bytes, cuts)).toBe(bytes);
      }),
    );
    expect(answerMask(SECRETS).push(Buffer.from("data: {}\n\n")).toString()).toBe("data: {}\n\n");
    expect(answerMask(SECRETS).push(Buffer.from("data: sk-op")).toString()).toBe("data: ");
  });

  it("hides the longest part of a key in which an answer breaks off", () => {
    const mask = answerMask(SECRETS);
    expect(mask.push(Buffer.from(`x${KEY.slice(0, -1)}`)).toString()).toBe("x");
    expect(mask.end().toString()).toBe("*".repeat(KEY.length - 1));
  });
});
