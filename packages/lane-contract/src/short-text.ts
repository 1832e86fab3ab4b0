/** Longest text an event holds, in code points (`ShortText`). */
const MAX_TEXT = 4096;

/** Replaces each lone surrogate by its escape, `\ud800`, so that the text survives UTF-8. */
function wellFormed(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
}

/** First `max` code points of a text, well-formed, and whether anything was cut. */
export function shorten(
  text: string,
  max: number = MAX_TEXT,
): { readonly text: string; readonly truncated: boolean } {
  // A code point is at most two units, an escape only makes a text longer: this head always holds enough.
  const head = wellFormed(text.slice(0, 2 * max + 2));
  if (head.length <= max && text.length <= max) return { text: head, truncated: false };
  let units = 0;
  for (let points = 0; points < max && units < head.length; points += 1)
    units += (head.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  const cut = head.slice(0, units);
  return { text: cut, truncated: units < head.length || text.length > 2 * max + 2 };
}

/** {@link shorten} without the flag. */
export function short(text: string, max: number = MAX_TEXT): string {
  return shorten(text, max).text;
}
