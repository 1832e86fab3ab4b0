/** One way a secret can stand in bytes. */
export interface SecretForm {
  readonly form: string;
  readonly bytes: Buffer;
}

/** Base64 of a secret at each of the three alignments, without the characters that its neighbours would change. */
function base64Forms(secret: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), secret])
      .toString("base64")
      .replace(/=+$/, "");
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + secret.length) * 8) / 6);
    return Buffer.from(text.slice(from, to));
  });
}

function percentEncoded(secret: Buffer): string {
  return [...secret].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/**
 * The forms in which a secret is looked for: plain, reversed, base64 at three alignments (and its URL alphabet), hex
 * in both cases, percent-encoded (every byte, or only the reserved ones), escaped for JSON. A secret that was rotated, xored, compressed or halved is not found.
 */
export function secretForms(secret: string): readonly SecretForm[] {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  const base64 = base64Forms(bytes);
  const forms: SecretForm[] = [
    { form: "plain", bytes },
    { form: "reversed", bytes: Buffer.from(bytes.toReversed()) },
    ...base64.map((form) => ({ form: "base64", bytes: form })),
    ...base64.map((form) => ({
      form: "base64url",
      bytes: Buffer.from(form.toString().replaceAll("+", "-").replaceAll("/", "_")),
    })),
    { form: "hex", bytes: Buffer.from(hex) },
    { form: "hex", bytes: Buffer.from(hex.toUpperCase()) },
    { form: "percent", bytes: Buffer.from(percentEncoded(bytes)) },
    { form: "percent", bytes: Buffer.from(percentEncoded(bytes).toLowerCase()) },
    { form: "percent", bytes: Buffer.from(encodeURIComponent(bytes.toString("utf8"))) },
    { form: "json", bytes: Buffer.from(JSON.stringify(bytes.toString("utf8")).slice(1, -1)) },
  ];
  const seen = new Set<string>();
  return forms.filter(
    (form) =>
      form.bytes.length >= 8 &&
      !seen.has(form.bytes.toString("latin1")) &&
      seen.add(form.bytes.toString("latin1")),
  );
}
