/** A text as one word of a POSIX shell: single quotes, each inner quote closed and escaped. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
