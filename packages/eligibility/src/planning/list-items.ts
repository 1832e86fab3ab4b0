import type { NumberedLine } from "./sections.ts";

/** Items of the bullet lists among these lines; a line that goes on below an item belongs to it. */
export function listItems(lines: readonly NumberedLine[]): NumberedLine[] {
  const items: { text: string; line: number }[] = [];
  let open = false;
  for (const { text, line } of lines) {
    const item = /^[-*+][ \t]/.test(text);
    if (item) items.push({ text: text.slice(1).trim(), line });
    else if (text.trim() === "") open = false;
    else if (open) {
      const last = items.at(-1);
      if (last !== undefined) last.text = `${last.text} ${text.trim()}`;
    }
    if (item) open = true;
  }
  return items;
}
