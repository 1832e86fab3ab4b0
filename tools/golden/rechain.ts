import { createHash } from "node:crypto";

/** Lines of an event log, without newlines. */
export function logLines(log: Uint8Array): readonly string[] {
  return Buffer.from(log).toString("utf8").trimEnd().split("\n");
}

/** Bytes of edited lines with every checkpoint's digest and byte count made right again, so that only the edit is wrong. */
export function rechain(lines: readonly string[]): Buffer {
  const hash = createHash("sha256");
  let bytes = 0;
  const out = lines.map((line) => {
    const fixed = line.includes('"type":"checkpoint"')
      ? line
          .replace(/"bytes":\d+/, `"bytes":${bytes}`)
          .replace(/"sha256":"sha256:[0-9a-f]{64}"/, `"sha256":"sha256:${hash.copy().digest("hex")}"`)
      : line;
    hash.update(`${fixed}\n`);
    bytes += Buffer.byteLength(fixed) + 1;
    return `${fixed}\n`;
  });
  return Buffer.from(out.join(""));
}
