import { escapeText, escapeWords } from "@stage6/evidence-interface";

/** Widest line of a rendered text, columns. */
const MAX_COLUMNS = 100;

/** Text cut or padded to exactly `width` columns. */
export function fit(text: string, width: number): string {
  const safe = escapeText(text);
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe.padEnd(width);
}

/** A next step on one line, however long: it may be a command that someone copies. */
export function nextStep(remedy: string): string {
  return `  next: ${escapeWords(remedy)}`;
}

/** Text broken into lines of at most {@link MAX_COLUMNS}: the first indented by `first` columns, the others by `rest`. */
export function wrap(text: string, first: number, rest: number): string[] {
  const pad = " ".repeat(rest);
  const lines: string[] = [];
  let line = " ".repeat(first);
  let empty = true;
  for (const word of text.split(" ").map(escapeText)) {
    if (!empty && line.length + 1 + word.length > MAX_COLUMNS) {
      lines.push(line);
      line = pad;
      empty = true;
    }
    line = empty ? `${line}${word}` : `${line} ${word}`;
    empty = false;
    while (line.length > MAX_COLUMNS) {
      lines.push(line.slice(0, MAX_COLUMNS));
      line = `${pad}${line.slice(MAX_COLUMNS)}`;
    }
  }
  return [...lines, line];
}
