import { isUtf8 } from "node:buffer";
import type { Finding } from "./finding.ts";
import { isTooDeep } from "./json-depth.ts";

/** Largest JSON document this package reads whole, bytes. */
export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** A parsed value, or why the bytes are no canonical JSON. */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly rule: string; readonly found: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LONE_SURROGATE = /\p{Surrogate}/u;

function hasForbidden(value: unknown): string | null {
  if (typeof value === "string") return LONE_SURROGATE.test(value) ? "lone-surrogate" : null;
  if (Array.isArray(value)) {
    for (const item of value) {
      const bad = hasForbidden(item);
      if (bad !== null) return bad;
    }
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") return "proto-key";
    const bad = hasForbidden(key) ?? hasForbidden(item);
    if (bad !== null) return bad;
  }
  return null;
}

/**
 * Reads one JSON text under the round-trip rule: valid only if `JSON.stringify(JSON.parse(text)) === text`, without a
 * `__proto__` key and without a lone surrogate. That refuses duplicate keys, needless escapes and white space,
 * `1.0`, `-0`, `1e400` and integers above 2^53. Never throws.
 */
export function parseStrictText(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, rule: "not-json", found: text.slice(0, 80) };
  }
  if (isTooDeep(text)) return { ok: false, rule: "too-deep", found: text.slice(0, 80) };
  // A `__proto__` key or a lone surrogate survives the round trip; both are rare, so they are looked for only when the text can hold them.
  const bad = text.includes("__proto__") || text.includes("\\ud") ? hasForbidden(value) : null;
  if (bad !== null) return { ok: false, rule: bad, found: text.slice(0, 80) };
  const again = JSON.stringify(value);
  if (again === text) return { ok: true, value };
  let at = 0;
  while (at < text.length && text.charCodeAt(at) === again.charCodeAt(at)) at++;
  return { ok: false, rule: "not-canonical", found: `…${text.slice(Math.max(0, at - 20), at + 40)}` };
}

/** {@link parseStrictText} over bytes: fatal UTF-8, no byte order mark, at most `maxBytes`. */
export function parseStrictBytes(bytes: Uint8Array, maxBytes: number = MAX_DOCUMENT_BYTES): StrictJson {
  if (bytes.length > maxBytes) return { ok: false, rule: "too-large", found: `${bytes.length} bytes` };
  if (!isUtf8(bytes)) return { ok: false, rule: "not-utf8", found: "bytes outside UTF-8" };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return { ok: false, rule: "byte-order-mark", found: "EF BB BF" };
  return parseStrictText(decoder.decode(bytes));
}

/** Canonical bytes of a document: `JSON.stringify` and nothing else. The value must survive the round trip. */
export function writeStrictBytes(value: unknown): Uint8Array {
  const text = JSON.stringify(value);
  const check = parseStrictText(text);
  if (!check.ok) throw new TypeError(`value is not canonical JSON: ${check.rule}`);
  return new TextEncoder().encode(text);
}

/** The finding for a text that is no canonical JSON. */
export function strictFinding(bad: { readonly rule: string; readonly found: string }, file: string): Finding {
  const code = bad.rule === "too-large" ? "INPUT_TOO_LARGE" : "BYTES_NOT_CANONICAL";
  return { code, rule: bad.rule, file, found: bad.found, expected: "canonical JSON" };
}
