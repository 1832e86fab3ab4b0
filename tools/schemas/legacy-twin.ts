import { Type, type TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { readSchema } from "./json-schema.ts";

/** The check of a published schema in `@sinclair/typebox` 0.34: the same schema, built with that library's own types. */
export function legacyCheck(schema: unknown): (value: unknown) => boolean {
  const compiled = TypeCompiler.Compile(twin(schema));
  return (value) => compiled.Check(value);
}

function twin(schema: unknown): TSchema {
  const read = readSchema(schema);
  const { anyOf, items, patternProperties, properties = {}, required = [], type, ...bounds } = read;
  if ("const" in read) return literal(read.const);
  if (anyOf !== undefined) return Type.Union(anyOf.map(twin));
  switch (type) {
    case "object": {
      const shut = read.additionalProperties === false ? { additionalProperties: false } : {};
      const [keyed] = Object.entries(patternProperties ?? {});
      if (keyed !== undefined) return Type.Record(Type.String({ pattern: keyed[0] }), twin(keyed[1]), shut);
      const members = Object.entries(properties).map(([key, member]) => {
        const made = twin(member);
        return [key, required.includes(key) ? made : Type.Optional(made)] as const;
      });
      return Type.Object(Object.fromEntries(members), shut);
    }
    case "array":
      return Type.Array(twin(items), bounded(bounds));
    case "string":
      return Type.String(bounded(bounds));
    case "integer":
      return Type.Integer(bounded(bounds));
    case "number":
      return Type.Number(bounded(bounds));
    case "boolean":
      return Type.Boolean();
    case "null":
      return Type.Null();
    default:
      throw new TypeError(`no twin for type ${String(type)}`);
  }
}

function literal(value: unknown): TSchema {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    throw new TypeError("a constant that is no literal");
  return Type.Literal(value);
}

function bounded(bounds: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined));
}
