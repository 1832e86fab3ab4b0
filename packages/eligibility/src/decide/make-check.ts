import { escapeText, sha256, type Sha256 } from "@stage6/evidence-interface";
import type { Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { ELIGIBILITY_CHECKS, type EligibilityCheck, type EligibilityCheckId } from "./eligibility-check.ts";

const MOST = 1000;

/** A check from what was found: no problem passes it, and the first problem names its code. `standing`: what a failed check says before its first problem. */
export function checkOf(
  id: EligibilityCheckId,
  problems: readonly Problem[],
  passed: string,
  files: readonly (RawFile | null)[] = [],
  standing: string | null = null,
): EligibilityCheck {
  const [first] = problems;
  const digests = new Map(
    files.flatMap((file) => (file === null ? [] : [[file.path, sha256(file.bytes)] as const])),
  );
  if (first === undefined)
    return made(
      id,
      "pass",
      null,
      passed,
      [...digests].map(([path, digest]) => ({ path: shown(path), sha256: digest })),
    );
  const evidence = problems.slice(0, MOST).map(({ code, file, rule, message }) => ({
    path: shown(file),
    ...digestOf(digests.get(file)),
    what: `${code} (${rule}) ${message}`.slice(0, 4000),
  }));
  const more = problems.length === 1 ? "" : ` (${problems.length} problems)`;
  const lead = standing === null ? "" : `${standing}; `;
  return made(id, "fail", first.code, `${lead}${first.file}: ${first.message}${more}`, evidence);
}

/** A check that could not be made, and why: it fails. */
export function notRun(id: EligibilityCheckId, why: string): EligibilityCheck {
  return made(id, "fail", "NOT_RUN", why, []);
}

/** A check of which a part was left out because the caller asked for it: it decides nothing. */
export function waived(id: EligibilityCheckId, code: string, message: string): EligibilityCheck {
  return made(id, "inconclusive", code, message, []);
}

function made(
  id: EligibilityCheckId,
  verdict: EligibilityCheck["verdict"],
  code: string | null,
  message: string,
  evidence: EligibilityCheck["evidence"],
): EligibilityCheck {
  return {
    id,
    requirements: [...ELIGIBILITY_CHECKS[id]],
    verdict,
    code,
    message: message.slice(0, 4000),
    evidence,
  };
}

const digestOf = (digest: Sha256 | undefined): { sha256?: Sha256 } =>
  digest === undefined ? {} : { sha256: digest };
const shown = (path: string): string => escapeText(path);
