/** Longest text an event quotes, in code points; the raw bytes are whole. */
const MAX_QUOTE = 4096;

/** A quote that an event can hold: lone surrogates written as `\uXXXX`, cut at `max` code points. */
export function quote(text: string, max: number = MAX_QUOTE): { text: string; truncated: boolean } {
  // No code point is shorter than one unit, so nothing behind this cut could be kept; one more pairs a cut surrogate.
  const near = text.slice(0, max + max + 1);
  const escaped = near.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  const points = Array.from(escaped.slice(0, max + max + 1));
  const truncated = points.length > max;
  return { text: truncated ? points.slice(0, max).join("") : escaped, truncated };
}

/** The text of {@link quote} alone, for fields that do not say whether they were cut. */
export function quoteText(text: string, max: number = MAX_QUOTE): string {
  return quote(text, max).text;
}
