import { escapeText } from "@stage6/evidence-interface";

/** Widest line of a rendered text, columns. */
const MAX_COLUMNS = 100;

/** Escapes text that may be long, such as a path or a message, and cuts it at `longest` characters. */
export function escapeLong(text: string, longest: number): string {
  const chunks = text.slice(0, longest).match(/[^]{1,200}/gu) ?? [];
  return `${chunks.map(escapeText).join("")}${text.length > longest ? "…" : ""}`;
}

/** Text broken at spaces into lines of at most {@link MAX_COLUMNS}: the first indented by `first` columns, the others by `rest`. */
export function wrap(text: string, first: number, rest: number): string[] {
  const lines: string[] = [];
  let line = " ".repeat(first);
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > MAX_COLUMNS) {
      lines.push(line);
      line = " ".repeat(rest);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
    for (; line.length > MAX_COLUMNS; line = `${" ".repeat(rest)}${line.slice(MAX_COLUMNS)}`)
      lines.push(line.slice(0, MAX_COLUMNS));
  }
  return [...lines, line];
}
