import { escapeText } from "@stage6/evidence-interface";

/** One thing that is wrong with a document of the gate: data, never an exception. */
export interface Problem {
  /** Reason code: the gate's own, or one of the evidence, the comparison or the failure matrix that it passes on. */
  readonly code: string;
  /** File relative to the harness root. */
  readonly file: string;
  /** Finer rule within the code, kebab-case. */
  readonly rule: string;
  /** What was found and what was expected, one sentence; text from the document is escaped. */
  readonly message: string;
}

/** Makes problems about one file; the `found` text comes from outside and is escaped. */
export function problemIn(
  file: string,
  code: string,
  rule: string,
  expected: string,
  found?: string | null,
): Problem {
  const what = found === undefined || found === null ? "" : `, found ${escapeText(found)}`;
  return { code, file, rule, message: `${expected}${what}` };
}
