/** What may stand on a terminal as it is: printable ASCII, line ends, and the mark that this tool puts where it cut a text. */
const PLAIN = /[^\x20-\x7e\n…]/gu;
/** What a JSON document may hold as it is; everything else has an escape of JSON's own. */
const PLAIN_JSON = /[^\x20-\x7e\n]/g;

/**
 * A text as a terminal may see it: controls, bidirectional marks, separators and every other character outside of printable ASCII
 * are written as escapes, and only line ends stay. All text of a call goes through it, whatever it was made of.
 */
export function terminalText(text: string): string {
  return text.replaceAll(PLAIN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : unitEscape(code);
  });
}

/** The same JSON document in printable ASCII. */
export function terminalJson(document: string): string {
  return document.replaceAll(PLAIN_JSON, (unit) => unitEscape(unit.charCodeAt(0)));
}

/** Controls and separators that end or overwrite a line, and halves of characters: no word of a command line needs them, and each could forge a line of a result. */
export const LINE_CONTROLS = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

const unitEscape = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;
