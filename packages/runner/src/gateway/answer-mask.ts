import { secretForms } from "../secret-forms.ts";

/** Bytes of a secret's beginning that are too few to be hidden when an answer ends in them. */
const HARMLESS_BYTES = 7;
const STAR = 0x2a;

/** Hides secrets in a stream of bytes; what it gives has as many bytes as what it took. */
export interface AnswerMask {
  /** The bytes that can be passed on by now: all but an end that may be the beginning of a secret. */
  push(chunk: Uint8Array): Buffer;
  /** What was kept back; call once, when nothing more comes. */
  end(): Buffer;
}

/** The texts by which a key is to be hidden: the header's value, and the key behind its scheme (`Bearer ...`). */
export const keySecrets = (headerValue: string): readonly string[] => [
  ...new Set([headerValue, headerValue.trim().split(/\s+/).at(-1) ?? headerValue]),
];

/**
 * Hides every form of these secrets (see `secretForms`) behind stars of the same number, also across the borders of
 * chunks. A stream whose pieces do not end in the beginning of a secret is not held up.
 */
export const answerMask = (secrets: readonly string[]): AnswerMask => {
  const forms = secrets
    .flatMap((secret) => secretForms(secret))
    .map(({ bytes }) => bytes)
    .toSorted((one, other) => other.length - one.length);
  let held: Buffer = Buffer.alloc(0);
  const openEnd = (bytes: Buffer): number => {
    let most = 0;
    for (const form of forms)
      for (let length = Math.min(form.length - 1, bytes.length); length > most; length -= 1)
        if (bytes.subarray(bytes.length - length).equals(form.subarray(0, length))) most = length;
    return most;
  };
  return {
    push: (chunk) => {
      const bytes = Buffer.concat([held, chunk]);
      for (const form of forms)
        for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length))
          bytes.fill(STAR, at, at + form.length);
      const open = openEnd(bytes);
      held = bytes.subarray(bytes.length - open);
      return bytes.subarray(0, bytes.length - open);
    },
    end: () => {
      const rest = held;
      held = Buffer.alloc(0);
      return rest.length > HARMLESS_BYTES ? Buffer.alloc(rest.length, STAR) : rest;
    },
  };
};

/** The text with these secrets hidden. */
export const maskText = (text: string, secrets: readonly string[]): string => {
  const mask = answerMask(secrets);
  return Buffer.concat([mask.push(Buffer.from(text)), mask.end()]).toString("utf8");
};
