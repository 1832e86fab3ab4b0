import fc from "fast-check";
import { readSchema, type JsonSchema } from "./json-schema.ts";

/** Most items and free characters drawn where a schema allows thousands. */
const MANY = 3;
const LONG = 40;

/** Documents that fit a published schema, drawn from nothing but the schema. */
export function generatedDocument(schema: unknown): fc.Arbitrary<unknown> {
  const read = readSchema(schema);
  if ("const" in read) return fc.constant(read.const);
  if (read.anyOf !== undefined) return fc.oneof(...read.anyOf.map(generatedDocument));
  switch (read.type) {
    case "object":
      return object(read);
    case "array": {
      const lengths = {
        minLength: read.minItems ?? 0,
        maxLength: Math.max(read.minItems ?? 0, Math.min(read.maxItems ?? MANY, MANY)),
      };
      const item = generatedDocument(read.items);
      return read.uniqueItems === true ? fc.uniqueArray(item, lengths) : fc.array(item, lengths);
    }
    case "string":
      return text(read);
    case "integer":
      return fc.integer(clamped(read, 2_147_483_647));
    case "number":
      return fc.double({ ...clamped(read, 1e9), noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      throw new TypeError(`no documents for type ${String(read.type)}`);
  }
}

function clamped({ minimum, maximum }: JsonSchema, far: number): { min: number; max: number } {
  return { min: Math.max(minimum ?? -far, -far), max: Math.min(maximum ?? far, far) };
}

function object({ patternProperties, properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const [keyed] = Object.entries(patternProperties ?? {});
  if (keyed !== undefined)
    return fc.dictionary(text({ pattern: keyed[0] }), generatedDocument(keyed[1]), {
      maxKeys: MANY,
      noNullPrototype: true,
    });
  const members = Object.fromEntries(
    Object.entries(properties).map(([key, member]) => [key, generatedDocument(member)]),
  );
  return fc.record(members, {
    requiredKeys: required.filter((key) => key in members),
    noNullPrototype: true,
  });
}

function text({ pattern, minLength = 0, maxLength = Infinity }: JsonSchema): fc.Arbitrary<string> {
  if (pattern === undefined)
    return fc.string({
      minLength,
      maxLength: Math.max(minLength, Math.min(maxLength, LONG)),
      unit: "binary-ascii",
    });
  // The generator knows no assertions ahead: it draws without them, and the whole pattern decides. Short repetitions, or
  // it would seldom draw what the assertions leave.
  const plain = pattern
    .replaceAll(/\(\?![^()]*(?:\([^()]*\)[^()]*)*\)/g, "")
    .replaceAll(
      /\{(\d+),(\d+)\}/g,
      (_, least: string, most: string) => `{${least},${Math.min(Number(most), Number(least) + MANY)}}`,
    );
  const whole = new RegExp(pattern, "u");
  return fc
    .stringMatching(new RegExp(plain, "u"))
    .filter((drawn) => whole.test(drawn) && drawn.length >= minLength && drawn.length <= maxLength);
}
