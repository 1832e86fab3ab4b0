/** Codes of the evidence checks. Frozen: consumers match on them. */
export const FINDING_CODES = [
  "UNREADABLE",
  "NOT_A_FILE",
  "INPUT_TOO_LARGE",
  "BYTES_NOT_CANONICAL",
  "SCHEMA_VERSION",
  "SCHEMA_INVALID",
  "EVENTS_INVALID",
  "DIGEST_MISMATCH",
  "ARTIFACT_MISSING",
  "ARTIFACT_EXTRA",
  "ARTIFACT_EMPTY",
  "PATH_ESCAPE",
  "REPORT_DIVERGED",
  "OBSERVATION_DIVERGED",
  "SIGNATURE_INVALID",
  "SIGNER_UNKNOWN",
  "TRIAL_MISMATCH",
] as const;

/** One finding code. */
export type FindingCode = (typeof FINDING_CODES)[number];

/** A fact about bad evidence: data, never an exception. Text is made by {@link formatFinding} only. */
export interface Finding {
  /** What class of fault. */
  readonly code: FindingCode;
  /** Finer rule within the code, e.g. `seq` or `unpaired`; kebab-case. */
  readonly rule: string;
  /** File inside the bundle or harness root the finding is about. */
  readonly file: string;
  /** JSON pointer (RFC 6901) into the document, when one is meant. */
  readonly pointer?: string;
  /** Line of events.jsonl, from 1. */
  readonly line?: number;
  /** Byte offset in the file. */
  readonly offset?: number;
  /** What was there, shortened and escaped. */
  readonly found?: string;
  /** What should have been there. */
  readonly expected?: string;
}

/** Most findings one check collects for one file before it says `too-many` and stops adding. */
export const MAX_FINDINGS = 100;

/** Escapes control and non-ASCII characters of text that comes from evidence, and cuts it at 200 characters. */
export function escapeText(text: string): string {
  const cut = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return cut.replace(/[^\x20-\x7e…]/gu, (c) => {
    const code = c.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** A text of many words in printable ASCII, each word escaped by itself: a long command stays whole. */
export function escapeWords(text: string): string {
  return text.split(" ").map(escapeText).join(" ");
}

/** One line of text for a finding; the only place where such text is made. */
export function formatFinding(finding: Finding): string {
  const where = [
    finding.file,
    finding.line === undefined ? "" : `:${finding.line}`,
    finding.pointer === undefined || finding.pointer === "" ? "" : ` at ${escapeText(finding.pointer)}`,
    finding.offset === undefined ? "" : ` (byte ${finding.offset})`,
  ].join("");
  const what = [
    finding.found === undefined ? "" : `found ${escapeText(finding.found)}`,
    finding.expected === undefined ? "" : `expected ${escapeText(finding.expected)}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
  return `${finding.code} (${finding.rule}) ${escapeText(where)}${what === "" ? "" : `: ${what}`}`;
}
