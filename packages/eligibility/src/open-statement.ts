import {
  openEnvelope,
  parseStrictBytes,
  sha256,
  validateDocument,
  type Sha256,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import type { Static, TSchema } from "typebox";
import { problemIn, type Problem } from "./problem.ts";
import type { RawFile } from "./raw-file.ts";

/** A statement in a DSSE envelope whose signer holds the role that was asked for. */
export interface SignedStatement<T> {
  readonly file: string;
  readonly statement: T;
  readonly payload: Uint8Array;
  /** SHA-256 of the payload: what other documents name. The file's own digest would change with any added byte. */
  readonly digest: Sha256;
  readonly keyId: Sha256;
}

/** Opens an envelope with the keys of one role; whatever is wrong with it comes back under `code`. */
export function openStatement<S extends TSchema>(
  schema: S,
  file: RawFile,
  keys: TrustedKeys,
  code: string,
): { readonly signed: SignedStatement<Static<S>> | null; readonly problems: readonly Problem[] } {
  const refused = (rule: string, expected: string, found: string) => ({
    signed: null,
    problems: [problemIn(file.path, code, rule, expected, found)],
  });
  const opened = openEnvelope(file.bytes, keys);
  if (!opened.ok)
    return refused(opened.rule, "expected an envelope signed by a valid key of this role", opened.found);
  const json = parseStrictBytes(opened.payload);
  if (!json.ok) return refused(json.rule, "expected a canonical statement", json.found);
  const checked = validateDocument(schema, json.value);
  if (!checked.ok) {
    const [first] = checked.errors;
    return refused(
      "schema",
      `expected this kind of statement: ${first?.message ?? ""}`,
      first?.pointer ?? "",
    );
  }
  return {
    signed: {
      file: file.path,
      statement: checked.value,
      payload: opened.payload,
      digest: sha256(opened.payload),
      keyId: opened.keyid,
    },
    problems: [],
  };
}
