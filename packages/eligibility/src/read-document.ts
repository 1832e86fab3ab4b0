import { parseStrictBytes, validateDocument } from "@stage6/evidence-interface";
import type { Static, TSchema } from "typebox";
import { problemIn, type Problem } from "./problem.ts";
import type { RawFile } from "./raw-file.ts";

/** Reads one JSON document; what is wrong with it comes back under `code`. */
export function readDocument<S extends TSchema>(
  schema: S,
  file: RawFile | undefined | null,
  at: string,
  code: string,
): { readonly value: Static<S> | null; readonly problems: readonly Problem[] } {
  if (file === undefined || file === null)
    return { value: null, problems: [problemIn(at, code, "missing", "the document is missing")] };
  const json = parseStrictBytes(file.bytes);
  if (!json.ok)
    return {
      value: null,
      problems: [problemIn(file.path, code, json.rule, "expected canonical JSON", json.found)],
    };
  const checked = validateDocument(schema, json.value);
  if (checked.ok) return { value: checked.value, problems: [] };
  return {
    value: null,
    problems: checked.errors.map(({ pointer, message }) =>
      problemIn(file.path, code, "schema", message, pointer),
    ),
  };
}
