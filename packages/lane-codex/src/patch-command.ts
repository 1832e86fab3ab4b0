/** Delimiter of the heredoc; no line of a patch can equal it, because each begins with `+`, `-`, `@` or `*`. */
const DELIMITER = "PATCH";

/** Whether a patch header can hold a path on its one line. */
export function fitsHeader(path: string): boolean {
  return path.trim() === path && !/[\r\n\0]/.test(path);
}

/**
 * Shell command with a patch for one file. Every tested version of Codex takes `apply_patch` with a heredoc out of the
 * shell call and applies it itself, so that the change is told as a file change; a tool `apply_patch` of its own is
 * offered by some versions for some models only.
 */
export function patchCommand(header: string, lines: readonly string[]): string {
  return [
    `apply_patch <<'${DELIMITER}'`,
    "*** Begin Patch",
    `*** ${header}`,
    ...lines,
    "*** End Patch",
    DELIMITER,
  ].join("\n");
}
