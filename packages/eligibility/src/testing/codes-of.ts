import { decideEligibility } from "../decide/decide-eligibility.ts";
import type { DecisionOptions, EligibilityDocuments } from "../decide/documents.ts";
import { NOW } from "./sample-documents.ts";

/** `CODE rule` of every problem of one check; empty when it passes. Throws when the decision says anything else than its checks. */
export function codesOf(
  id: string,
  documents: EligibilityDocuments,
  options: Partial<DecisionOptions> = {},
): string[] {
  const decision = decideEligibility(documents, { now: NOW, ...options });
  const check = decision.checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  const refused = decision.checks.some(({ verdict }) => verdict !== "pass" && verdict !== "not-applicable");
  if (refused !== (decision.verdict === "refused") || refused !== (decision.recordType === null))
    throw new Error("the verdict does not follow from the checks");
  if (check.verdict === "pass") return [];
  const told = check.evidence.map(({ what = "" }) => what.replace(/^([A-Z0-9_]+) \(([^)]*)\).*$/s, "$1 $2"));
  return told.length > 0 ? told : [check.code ?? "none"];
}
