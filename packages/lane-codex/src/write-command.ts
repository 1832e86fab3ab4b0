import { shellQuote } from "./shell-quote.ts";

/** Delimiter of the heredoc; no line of a patch can equal it, because each begins with `+` or `*`. */
const DELIMITER = "PATCH";

/** A path that a patch header can hold on one line. */
function fitsHeader(path: string): boolean {
  return path.trim() === path && !/[\r\n\0]/.test(path);
}

/**
 * Command that creates or replaces a file. A text of whole lines goes through `apply_patch`, which Codex reports as a file change
 * (`Add File` replaces an existing file in every tested version); anything else is printed byte for byte.
 */
export function writeCommand(path: string, content: string): string {
  if (fitsHeader(path) && content.endsWith("\n") && !content.includes("\r")) {
    const lines = content.slice(0, -1).split("\n");
    return [
      `apply_patch <<'${DELIMITER}'`,
      "*** Begin Patch",
      `*** Add File: ${path}`,
      ...lines.map((line) => `+${line}`),
      "*** End Patch",
      DELIMITER,
    ].join("\n");
  }
  return [
    `file=${shellQuote(path)}`,
    'case $file in */*) mkdir -p -- "${file%/*}/" ;; esac',
    `printf %s ${shellQuote(content)} > "$file"`,
  ].join("\n");
}
