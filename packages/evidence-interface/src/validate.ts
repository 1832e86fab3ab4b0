import type { Static, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/schema";
import { escapeText, type Finding } from "./finding.ts";

/** One place where a document breaks its schema. */
export interface SchemaError {
  /** JSON pointer (RFC 6901) into the document. */
  readonly pointer: string;
  /** What the schema wants there. */
  readonly message: string;
}

/** A document that fits its schema, typed; or every error found (at most 8 by the validator). */
export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly SchemaError[] };

/** Most unknown keys that one error names. */
const MAX_NAMED = 5;

const compiled = new WeakMap<object, Validator>();

function compile(schema: TSchema): Validator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema);
  compiled.set(schema, made);
  return made;
}

/** True when the value fits; the compiled validator is made once per schema. */
export function fitsSchema<T extends TSchema>(schema: T, value: unknown): value is Static<T> {
  return compile(schema).Check(value);
}

/** Every error of a value against a schema, deepest first where the validator lists branches. */
export function schemaErrors(schema: TSchema, value: unknown): readonly SchemaError[] {
  const [, errors] = compile(schema).Errors(value);
  const named = errors.filter((error) => error.keyword !== "boolean");
  // The validator reports an unknown key twice and stops after a few errors: of many unknown keys only the unnamed half is left.
  if (named.length === 0)
    return errors
      .slice(0, MAX_NAMED)
      .map((error) => ({ pointer: escapeText(error.instancePath), message: "unknown key" }));
  return named.map((error) => {
    const extra =
      "additionalProperties" in error.params
        ? ` (${error.params.additionalProperties.slice(0, MAX_NAMED).map(escapeText).join(", ")})`
        : "";
    return { pointer: error.instancePath, message: `${error.message}${extra}` };
  });
}

/** Checks a value against a schema and types it; the only road from `unknown` to a document type. */
export function validateDocument<T extends TSchema>(schema: T, value: unknown): Validated<Static<T>> {
  if (fitsSchema(schema, value)) return { ok: true, value };
  const errors = schemaErrors(schema, value);
  return {
    ok: false,
    errors: errors.length > 0 ? errors : [{ pointer: "", message: "does not fit the schema" }],
  };
}

/** `schemaVersion` of an unknown document when its major is not 1; null when it is fine or absent. */
export function foreignVersion(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("schemaVersion" in value)) return null;
  const version = value.schemaVersion;
  if (typeof version !== "string") return null;
  const major = /^([0-9]+)\./.exec(version)?.[1];
  return major === undefined || major === "1" ? null : version;
}

/** Findings for a document of one file: version first (a newer major is refused unread), then the schema. */
export function checkDocument<T extends TSchema>(
  schema: T,
  value: unknown,
  file: string,
): { readonly value: Static<T> | null; readonly findings: readonly Finding[] } {
  const version = foreignVersion(value);
  if (version !== null) {
    return {
      value: null,
      findings: [
        {
          code: "SCHEMA_VERSION",
          rule: "major",
          file,
          pointer: "/schemaVersion",
          found: version,
          expected: "1.x",
        },
      ],
    };
  }
  const checked = validateDocument(schema, value);
  if (checked.ok) return { value: checked.value, findings: [] };
  return {
    value: null,
    findings: checked.errors.map((error) => ({
      code: "SCHEMA_INVALID",
      rule: "schema",
      file,
      pointer: error.pointer,
      expected: error.message,
    })),
  };
}
