/** A heading of a Markdown text with what stands below it, up to the next heading of any level. */
export interface Section {
  readonly title: string;
  /** Number of marks before the title. */
  readonly level: number;
  /** Line of the heading, from 1. */
  readonly line: number;
  readonly lines: readonly NumberedLine[];
}

/** A line of an artifact, counted from 1. */
export interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

/** Splits a Markdown text at its `#` headings; text before the first one is left out, and so are headings in code fences. */
export function splitSections(text: string): Section[] {
  const sections: { title: string; level: number; line: number; lines: NumberedLine[] }[] = [];
  for (const { text: content, line, fenced } of proseAndCode(text)) {
    const heading = fenced ? null : headingOf(content);
    if (heading === null) sections.at(-1)?.lines.push({ text: content, line });
    else sections.push({ ...heading, line, lines: [] });
  }
  return sections;
}

/** A heading without its marks, in front and behind; each character is looked at once, however the line is made. */
function headingOf(line: string): { readonly title: string; readonly level: number } | null {
  const level = /^#{1,6}(?=[ \t])/.exec(line)?.[0].length ?? 0;
  if (level === 0) return null;
  const text = line.slice(level).trim();
  let end = text.length;
  while (text[end - 1] === "#") end -= 1;
  return { title: text.slice(0, end).trimEnd(), level };
}

/** Lines of a Markdown text, each told apart: inside a code fence or not. */
export function proseAndCode(text: string): (NumberedLine & { readonly fenced: boolean })[] {
  let fence: string | null = null;
  return text.split("\n").map((raw, index) => {
    const content = raw.replace(/\r$/, "");
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(content)?.[1] ?? null;
    const inside = fence !== null;
    if (fence === null) fence = mark;
    else if (mark !== null && mark.startsWith(fence)) fence = null;
    return { text: content, line: index + 1, fenced: inside || mark !== null };
  });
}
