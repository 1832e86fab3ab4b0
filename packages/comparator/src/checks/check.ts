import type { ApplicabilityInput } from "../applicability.ts";
import type { Code } from "../code.ts";
import { MAX_EVIDENCE, type Cell, type Check, type Evidence, type LaneSummary } from "../comparison.ts";
import { escapeLong } from "../evidence.ts";
import type { EarlierPlan } from "../earlier-plans.ts";
import type { JudgedSlot } from "../judge-trial.ts";
import type { Frame } from "../rule.ts";
import type { Arrangement } from "../trial-slots.ts";

/** Everything a check may look at. */
export interface Gathered {
  readonly frame: Frame;
  readonly arrangement: Arrangement;
  /** Plans made before for the same candidate, as the caller found them. */
  readonly earlier: readonly EarlierPlan[];
  /** Records of lanes that are not applicable. */
  readonly applicability: readonly ApplicabilityInput[];
  readonly judged: readonly JudgedSlot[];
  readonly lanes: readonly LaneSummary[];
  readonly cells: readonly Cell[];
}

/** Name of a check and the requirements it proves. */
export interface CheckHead {
  readonly id: string;
  readonly requirements: readonly string[];
}

/** A check that holds. */
export function passed(head: CheckHead, message: string): Check {
  return result(head, "pass", null, message, []);
}

/** A check that does not hold. */
export function failed(
  head: CheckHead,
  code: Code,
  message: string,
  evidence: readonly Evidence[] = [],
): Check {
  return result(head, "fail", code, message, evidence);
}

/** A check that cannot be decided from what is there; it does not pass. */
export function undecided(
  head: CheckHead,
  code: Code,
  message: string,
  evidence: readonly Evidence[] = [],
): Check {
  return result(head, "inconclusive", code, message, evidence);
}

/** A check with a code that was decided elsewhere in the comparison. */
export function result(
  head: CheckHead,
  verdict: Check["verdict"],
  code: string | null,
  message: string,
  evidence: readonly Evidence[],
): Check {
  return {
    id: head.id,
    requirements: [...head.requirements],
    verdict,
    code,
    message: escapeLong(message),
    evidence: evidence.slice(0, MAX_EVIDENCE),
  };
}
