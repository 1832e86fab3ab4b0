/** Longest accepted pattern, in UTF-16 code units. */
const MAX_GLOB_LENGTH = 4096;

/**
 * Why a pattern is outside the strict dialect, or null when it is inside.
 * The dialect has literal segments, `*`, `?` within a segment, and `**` as a whole segment; everything on which
 * matching engines disagree is refused here, before any engine sees it.
 */
export function checkGlob(glob: string): string | null {
  if (glob === "") return "is empty";
  if (glob.length > MAX_GLOB_LENGTH) return `is longer than ${MAX_GLOB_LENGTH} characters`;
  if (/\p{Cs}/u.test(glob)) return "has a lone surrogate";
  if (/\p{Cc}/u.test(glob)) return "has a control character";
  if (glob.normalize("NFC") !== glob) return "is not in Unicode normal form C";
  const special = /[\\![\](){}|@+"]/u.exec(glob);
  if (special !== null) return `has the character ${special[0]}, which is not part of the dialect`;
  if (glob.startsWith("/")) return "begins with /";
  for (const segment of glob.split("/")) {
    if (segment === "") return "has an empty segment";
    if (segment === "." || segment === "..") return `has a ${segment} segment`;
    if (segment.toLowerCase() === ".git") return "names a .git segment";
    if (segment.includes("**") && segment !== "**") return "has ** beside other characters in a segment";
  }
  return null;
}
