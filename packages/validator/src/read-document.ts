import {
  checkDocument,
  parseStrictBytes,
  strictFinding,
  type Finding,
  type Sha256,
} from "@stage6/evidence-interface";
import type { Static, TSchema } from "typebox";
import { readRootFile } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";

/** One document of a harness root as far as it could be read. */
export interface ReadDocument<T, F extends RootFinding = Finding> {
  /** Null when there is any finding. */
  readonly value: T | null;
  /** Digest of the exact bytes; null when they could not be read. */
  readonly sha256: Sha256 | null;
  /** The parsed JSON before its schema was checked; undefined when there is none. */
  readonly json: unknown;
  readonly findings: readonly F[];
}

/** Reads, parses and checks one document; everything that is wrong with it is a finding. */
export async function readDocument<T extends TSchema>(
  root: string,
  path: string,
  schema: T,
): Promise<ReadDocument<Static<T>>> {
  const file = await readRootFile(root, path);
  if (!file.ok) return { value: null, sha256: null, json: undefined, findings: [file.finding] };
  const json = parseStrictBytes(file.bytes);
  if (!json.ok) {
    // The text around the fault stays out: configuration names places of the operator's machine.
    const { code, rule, expected } = strictFinding(json, path);
    return {
      value: null,
      sha256: file.sha256,
      json: undefined,
      findings: [{ code, rule, file: path, ...(expected === undefined ? {} : { expected }) }],
    };
  }
  const { value, findings } = checkDocument(schema, json.value, path);
  return { value, sha256: file.sha256, json: json.value, findings };
}
