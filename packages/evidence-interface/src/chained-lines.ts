import { isUtf8 } from "node:buffer";
import type { Static, TSchema } from "typebox";
import { sha256 } from "./digest.ts";
import type { Sha256 } from "./primitives.ts";
import { parseStrictText, writeStrictBytes } from "./strict-json.ts";
import { validateDocument } from "./validate.ts";

/** What a line of a chained file says about its place. */
interface Chained {
  readonly seq: number;
  readonly previous: string | null;
}

/** Lines of an append-only file in their chain, or the first rule that was broken, with its line from 1. */
export type ChainedLines<T> =
  | { readonly ok: true; readonly lines: readonly T[]; readonly head: Sha256 | null }
  | { readonly ok: false; readonly rule: string; readonly line: number };

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_LINE = 64 * 1024;

/**
 * Reads a chained JSON Lines file: canonical lines, each ended by a line feed, numbered from 0, each naming the digest
 * of the line before. `head` is the digest of the last line; null when there is none.
 */
export function readChainedLines<S extends TSchema>(
  schema: S,
  bytes: Uint8Array,
  placeOf: (line: Static<S>) => Chained,
): ChainedLines<Static<S>> {
  if (bytes.length > MAX_BYTES) return { ok: false, rule: "too-large", line: 0 };
  if (!isUtf8(bytes)) return { ok: false, rule: "not-utf8", line: 0 };
  if (bytes.length === 0) return { ok: true, lines: [], head: null };
  const texts = Buffer.from(bytes).toString("utf8").split("\n");
  if (texts.pop() !== "") return { ok: false, rule: "unended", line: texts.length + 1 };
  const lines: Static<S>[] = [];
  let head: Sha256 | null = null;
  for (const [seq, text] of texts.entries()) {
    const refused = (rule: string) => ({ ok: false as const, rule, line: seq + 1 });
    if (text.length > MAX_LINE) return refused("line-too-long");
    const json = parseStrictText(text);
    if (!json.ok) return refused(json.rule);
    const checked = validateDocument(schema, json.value);
    if (!checked.ok) return refused("schema");
    const place = placeOf(checked.value);
    if (place.seq !== seq) return refused("seq");
    if (place.previous !== head) return refused("chain");
    head = sha256(text);
    lines.push(checked.value);
  }
  return { ok: true, lines, head };
}

/** The bytes of the next line of a chained file. */
export function writeChainedLine<T extends Chained>(line: T): Uint8Array {
  return Buffer.concat([writeStrictBytes(line), Buffer.from("\n")]);
}
