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
    const heading = fenced ? null : /^(#{1,6})[ \t]+(.+?)[ \t]*#*$/.exec(content);
    if (heading === null) sections.at(-1)?.lines.push({ text: content, line });
    else sections.push({ title: heading[2] ?? "", level: (heading[1] ?? "").length, line, lines: [] });
  }
  return sections;
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
