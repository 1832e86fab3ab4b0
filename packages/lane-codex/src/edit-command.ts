import { shellQuote } from "./shell-quote.ts";

/**
 * Command that replaces the one occurrence of a text. A patch needs whole lines and a script step knows only a part of the file,
 * so this is plain POSIX shell (no perl, python or sed): exact bytes, and exit 1 when the text is absent or not unique.
 */
export function editCommand(path: string, oldText: string, newText: string): string {
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
