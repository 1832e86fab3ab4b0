import { formatFinding, type Finding, type FindingCode } from "@stage6/evidence-interface";

/** Reason codes that a harness root adds to the finding codes of one bundle. Frozen: consumers match on them. */
export const ROOT_CODES = [
  "TRUST_ROOT_UNSAFE",
  "POLICY_WEAKENED",
  "DEFAULT_SWITCH_FORBIDDEN",
  "SCOPE_INVALID",
  "LANE_REGISTRY_INCOMPLETE",
  "REPLAY_DIVERGED",
  "PLAN_MISSING",
  "JOURNAL_MISSING",
  "JOURNAL_BROKEN",
  "JOURNAL_ROLLED_BACK",
  "JOURNAL_DOCUMENT",
  "JOURNAL_UNLISTED",
] as const;

/** One reason code of a harness root. */
export type RootCode = (typeof ROOT_CODES)[number];

/** A fact about a bad harness root: a {@link Finding} whose `file` is relative to the root and whose code may be the root's own. */
export interface RootFinding extends Omit<Finding, "code"> {
  readonly code: FindingCode | RootCode;
}

/** One line of text for a finding of a harness root. */
export function formatRootFinding(finding: RootFinding): string {
  // The text is made in one place, which knows the codes of a bundle only: the code is put in front afterwards.
  const placeholder: FindingCode = "UNREADABLE";
  return `${finding.code}${formatFinding({ ...finding, code: placeholder }).slice(placeholder.length)}`;
}
