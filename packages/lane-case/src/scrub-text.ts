/** What stands in place of something that looks like a credential. */
const SCRUBBED = "[scrubbed]";

/** Names whose value is a secret, with the quotes of JSON, escaped or not, around name and value. */
const NAMED =
  /((?:password|passwd|secret|token|api[_-]?key|authorization)(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?(?:bearer\s+)?)([^\s"'\\,;}]{4,})/gi;
const URL_PASSWORD = /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:"']{1,256}:[^\s/@"']{1,256}@/gi;
const KEY =
  /\b(?:sk|pk|rk|ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abprs]|AKIA)[-_]?[A-Za-z0-9][A-Za-z0-9_-]{14,}/g;

/**
 * Takes what looks like a credential out of a text: passwords in URLs, well-known forms of keys, and values behind names
 * such as `password`. Case's own redaction lets through bare keys, passwords in URLs and in escaped JSON, and whole
 * summaries. A second pass over what the log will say; the runner masks declared secrets everywhere, raw bytes included.
 */
export function scrub(text: string): string {
  return text.replace(URL_PASSWORD, `$1${SCRUBBED}@`).replace(KEY, SCRUBBED).replace(NAMED, `$1${SCRUBBED}`);
}
