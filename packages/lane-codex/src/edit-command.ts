import { shellQuote } from "@stage6/lane-contract";
import { fitsHeader, patchCommand } from "./patch-command.ts";

/**
 * Command that replaces the one occurrence of a text. Texts that begin and end with a newline hold whole lines: they go
 * through `apply_patch`, which Codex reports as a file change (it takes the first occurrence where there are several).
 * A patch cannot say part of a line, and a script step knows no more of the file: such an edit is plain POSIX shell (no
 * perl, python or sed), with exact bytes, and exit 1 when the text is absent or not unique.
 */
export function editCommand(path: string, oldText: string, newText: string): string {
  const [before, after] = [wholeLines(oldText), wholeLines(newText)];
  if (fitsHeader(path) && before !== null && before.length > 0 && after !== null)
    return patchCommand(`Update File: ${path}`, [
      "@@",
      ...before.map((line) => `-${line}`),
      ...after.map((line) => `+${line}`),
    ]);
  return [
    `file=${shellQuote(path)}`,
    `old=${shellQuote(oldText)}`,
    `new=${shellQuote(newText)}`,
    'text=$(cat -- "$file" && printf x) || exit 1',
    "text=${text%x}",
    'rest=${text#*"$old"}',
    'case $text in *"$old"*) ;; *) echo "text to replace not found" >&2; exit 1 ;; esac',
    'case $rest in *"$old"*) echo "text to replace is not unique" >&2; exit 1 ;; esac',
    'printf %s "${text%%"$old"*}$new$rest" > "$file"',
  ].join("\n");
}

/** The lines between the first and the last newline of a text that begins and ends with one; null for any other text. */
function wholeLines(text: string): readonly string[] | null {
  if (!text.startsWith("\n") || !text.endsWith("\n") || text.includes("\r")) return null;
  return text.length === 1 ? [] : text.slice(1, -1).split("\n");
}
