const PLAIN =
  /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9._+-]{1,128}(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._+-]{1,128}){0,7}$/;

/** Whether a text is a relative POSIX path of plain segments, as a package's manifest may name a file of its own. */
export function isPlainPath(text: string): boolean {
  return PLAIN.test(text);
}
