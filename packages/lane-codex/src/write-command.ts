import { shellQuote } from "@stage6/lane-contract";
import { fitsHeader, patchCommand } from "./patch-command.ts";

/**
 * Command that creates or replaces a file. A text of whole lines goes through `apply_patch`, which Codex reports as a file change
 * (`Add File` replaces an existing file in every tested version); anything else is printed byte for byte.
 */
export function writeCommand(path: string, content: string): string {
  if (fitsHeader(path) && content.endsWith("\n") && !content.includes("\r")) {
    const lines = content.slice(0, -1).split("\n");
    return patchCommand(
      `Add File: ${path}`,
      lines.map((line) => `+${line}`),
    );
  }
  return [
    `file=${shellQuote(path)}`,
    'case $file in */*) mkdir -p -- "${file%/*}/" ;; esac',
    `printf %s ${shellQuote(content)} > "$file"`,
  ].join("\n");
}
