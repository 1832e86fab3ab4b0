/** Most `[`, `{`, `,` and `:` of a JSON text that is parsed: bounds the objects that a small text can cost. */
export const MAX_JSON_MARKS = 4_000_000;
/** Deepest nesting of a JSON text that is parsed. */
export const MAX_JSON_DEPTH = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const withinBounds = (bytes: Uint8Array): boolean => {
  let depth = 0;
  let marks = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    switch (bytes[i]) {
      case QUOTE:
        for (i += 1; i < bytes.length && bytes[i] !== QUOTE; i += 1) if (bytes[i] === BACKSLASH) i += 1;
        break;
      case 0x7b:
      case 0x5b:
        depth += 1;
        marks += 1;
        if (depth > MAX_JSON_DEPTH) return false;
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        break;
      case 0x2c:
      case 0x3a:
        marks += 1;
        break;
      default:
    }
    if (marks > MAX_JSON_MARKS) return false;
  }
  return true;
};

/** Parses UTF-8 JSON (RFC 8259) of bounded cost; null when it is no JSON, no UTF-8 or beyond the bounds. Never throws. */
export const parseBoundedJson = (bytes: Uint8Array): { readonly value: unknown } | null => {
  if (!withinBounds(bytes)) return null;
  try {
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return { value };
  } catch {
    return null;
  }
};
