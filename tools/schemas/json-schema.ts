import Type, { type Static } from "typebox";
import Value from "typebox/value";

const Keywords = Type.Object({
  type: Type.Optional(Type.String()),
  const: Type.Optional(Type.Unknown()),
  anyOf: Type.Optional(Type.Array(Type.Unknown())),
  properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  patternProperties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  required: Type.Optional(Type.Array(Type.String())),
  additionalProperties: Type.Optional(Type.Unknown()),
  items: Type.Optional(Type.Unknown()),
  pattern: Type.Optional(Type.String()),
  minLength: Type.Optional(Type.Number()),
  maxLength: Type.Optional(Type.Number()),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  minItems: Type.Optional(Type.Number()),
  maxItems: Type.Optional(Type.Number()),
  uniqueItems: Type.Optional(Type.Boolean()),
});

/** The keywords of one published schema. */
export type JsonSchema = Static<typeof Keywords>;

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(Keywords.properties),
  "$schema",
  "$id",
  "title",
  "description",
]);

/** A published schema, one level deep; throws on a keyword that is not known here, so that none is left out of a comparison. */
export function readSchema(schema: unknown): JsonSchema {
  const read = Value.Parse(Keywords, schema);
  const unknown = Object.keys(read).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new TypeError(`unknown schema keywords: ${unknown.join()}`);
  return read;
}
