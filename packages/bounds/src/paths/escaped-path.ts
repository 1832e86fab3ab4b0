/** Raw bytes of a file name as text: bytes outside valid UTF-8 become `\xHH` (lower case), a backslash becomes `\\`. */
export function escapePath(raw: Uint8Array): string {
  const whole = decode(raw);
  if (whole !== null) return whole.replaceAll("\\", "\\\\");
  const parts: string[] = [];
  for (let at = 0; at < raw.length;) {
    const length = sequenceLength(raw[at] ?? 0);
    const text = length === 0 || at + length > raw.length ? null : decode(raw.subarray(at, at + length));
    if (text === null) {
      parts.push(`\\x${(raw[at] ?? 0).toString(16).padStart(2, "0")}`);
      at += 1;
    } else {
      parts.push(text === "\\" ? "\\\\" : text);
      at += length;
    }
  }
  return parts.join("");
}

/** The raw bytes behind an escaped path; null when the text is not what {@link escapePath} writes. */
export function unescapePath(escaped: string): Uint8Array | null {
  const parts: Buffer[] = [];
  for (const [token] of escaped.matchAll(/\\x[0-9a-f]{2}|\\\\|[^\\]+|\\/gu)) {
    if (token === "\\") return null;
    if (token === "\\\\") parts.push(Buffer.from("\\"));
    else if (token.startsWith("\\x")) parts.push(Buffer.from(token.slice(2), "hex"));
    else parts.push(Buffer.from(token, "utf8"));
  }
  const raw = Buffer.concat(parts);
  return escapePath(raw) === escaped ? raw : null;
}

/** The path as the file system means it, or null when its bytes are not UTF-8. */
export function readablePath(escaped: string): string | null {
  const raw = unescapePath(escaped);
  return raw === null ? null : decode(raw);
}

// `ignoreBOM` keeps a leading U+FEFF: without it two different names would become one.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(raw: Uint8Array): string | null {
  try {
    return utf8.decode(raw);
  } catch {
    return null;
  }
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}
