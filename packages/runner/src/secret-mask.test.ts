import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretForms } from "./secret-forms.ts";
import { SecretMask } from "./secret-mask.ts";

const SECRET = 'key+with/"odd"\\signs=';

describe("a mask", () => {
  it.each(secretForms(SECRET).map(({ form, bytes }) => [form, bytes] as const))(
    "replaces the %s form by stars of the same length",
    (form, needle) => {
      const mask = new SecretMask([SECRET]);
      const bytes = Buffer.concat([Buffer.from("<"), needle, Buffer.from("|"), needle, Buffer.from(">")]);
      expect(mask.maskBytes(bytes, "a")).toBe(true);
      const stars = "*".repeat(needle.length);
      expect(bytes.toString()).toBe(`<${stars}|${stars}>`);
      expect(mask.hits()).toEqual([{ artifact: "a", form, count: 2 }]);
    },
  );

  it("hides what is no secret in every form too, and counts no hit", () => {
    for (const { bytes: needle } of secretForms(SECRET)) {
      const mask = new SecretMask([], [SECRET]);
      const bytes = Buffer.concat([Buffer.from("<"), needle, Buffer.from(">")]);
      expect(mask.maskBytes(bytes, "a")).toBe(true);
      expect(bytes.toString()).toBe(`<${"*".repeat(needle.length)}>`);
      expect([mask.hits(), mask.declared]).toEqual([[], 0]);
      const cut = [needle.subarray(0, 3), needle.subarray(3)];
      expect(Buffer.concat([...new SecretMask([], [SECRET]).maskChunks(cut, "a")]).toString()).toBe(
        "*".repeat(needle.length),
      );
    }
  });

  it("finds in pieces what it finds in the whole, wherever the pieces are cut", () => {
    const cut = fc.array(fc.nat(200), { maxLength: 8 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), cut, (a, b, cuts) => {
        const whole = Buffer.concat([a, Buffer.from(SECRET), b, Buffer.from(SECRET), a]);
        const borders = [0, ...cuts.map((at) => at % whole.length).toSorted((x, y) => x - y), whole.length];
        const pieces = borders.slice(1).map((end, at) => whole.subarray(borders[at], end));
        const [once, many] = [new SecretMask([SECRET]), new SecretMask([SECRET])];
        const masked = Buffer.concat([...many.maskChunks(pieces, "a")]);
        once.maskBytes(whole, "a");
        expect(masked.equals(whole)).toBe(true);
        expect(many.hits()).toEqual(once.hits());
      }),
    );
  });

  it("leaves other bytes and their place alone", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
        const bytes = Buffer.concat([before, Buffer.from(SECRET), after]);
        const { length } = bytes;
        expect(new SecretMask([SECRET]).maskBytes(bytes, "a")).toBe(true);
        expect(bytes.length).toBe(length);
        expect(bytes.subarray(0, before.length)).toEqual(Buffer.from(before));
        expect(bytes.subarray(length - after.length)).toEqual(Buffer.from(after));
        expect(bytes.includes(SECRET)).toBe(false);
      }),
    );
  });

  it("says that nothing was found, and gives back the same value", () => {
    const mask = new SecretMask([SECRET]);
    const value = { list: [1, "a", null, { deep: true }] };
    expect(mask.maskBytes(Buffer.from("nothing"), "a")).toBe(false);
    expect(mask.maskValue(value, "a")).toBe(value);
    expect([mask.declared, mask.hits()]).toEqual([1, []]);
  });

  it("masks strings at any depth and keeps the shape", () => {
    const mask = new SecretMask([SECRET]);
    const masked = mask.maskValue({ n: 1, list: [`a ${SECRET} b`, { deep: SECRET }], t: "same" }, "e");
    const stars = "*".repeat(SECRET.length);
    expect(masked).toEqual({ n: 1, list: [`a ${stars} b`, { deep: stars }], t: "same" });
    expect(Object.keys(masked)).toEqual(["n", "list", "t"]);
    expect(mask.hits()).toEqual([{ artifact: "e", form: "plain", count: 2 }]);
  });

  it("leaves JSON parseable, also when the secret looks like a number of it", () => {
    const mask = new SecretMask(["12345678"]);
    expect(mask.maskValue({ offset: 12_345_678, text: "12345678" }, "e")).toEqual({
      offset: 12_345_678,
      text: "********",
    });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const holder = new SecretMask([SECRET]).maskValue({ value, key: SECRET }, "e");
        expect(JSON.parse(JSON.stringify(holder))).toEqual(
          JSON.parse(JSON.stringify({ value, key: "*".repeat(SECRET.length) })),
        );
      }),
    );
  });

  it("leaves a line of JSON that another program wrote parseable", () => {
    const line = Buffer.from(JSON.stringify({ text: `a ${SECRET} b`, n: 1 }));
    expect(new SecretMask([SECRET]).maskBytes(line, "a")).toBe(true);
    expect(line.includes("odd")).toBe(false);
    expect(JSON.parse(line.toString())).toMatchObject({ n: 1 });
  });

  it("lists its hits sorted by artifact and form", () => {
    const mask = new SecretMask([SECRET]);
    for (const [artifact, form] of [
      ["b", SECRET],
      ["a", SECRET],
      ["a", Buffer.from(SECRET).toString("hex")],
    ] as const)
      mask.maskBytes(Buffer.from(form), artifact);
    expect(mask.hits().map(({ artifact, form }) => `${artifact} ${form}`)).toEqual([
      "a hex",
      "a plain",
      "b plain",
    ]);
  });
});
