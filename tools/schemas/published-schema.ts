import type { TSchema } from "typebox";
import { SCHEMAS } from "./registry.ts";

/** A schema as it is published: JSON Schema 2020-12 with its id. Keys of the library that begin with `~` are left out. */
function publishedSchema(name: string, schema: TSchema): Record<string, unknown> {
  const plain: unknown = JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key.startsWith("~") ? undefined : value)),
  );
  if (typeof plain !== "object" || plain === null) throw new TypeError(`${name} is no schema`);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `https://stage6.invalid/schema/${name}/v1`,
    title: name,
    ...plain,
  };
}

/** Every schema file, by file name. */
export function schemaFiles(): ReadonlyMap<string, Uint8Array> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      `${name}.v1.schema.json`,
      Buffer.from(`${JSON.stringify(publishedSchema(name, schema), null, 2)}\n`),
    ]),
  );
}
