import { APPLICABILITY_REASONS, type ApplicabilityInput } from "./applicability.ts";
import { applicability } from "./checks/applicability.ts";
import { failed, passed, type Gathered } from "./checks/check.ts";
import { boundsPlanned, evidenceClass, policyBound } from "./checks/frame-checks.ts";
import { baselinesPresent, candidatePlanned, realBaselinesPlanned } from "./checks/lane-checks.ts";
import { trialsSufficient } from "./checks/trial-checks.ts";
import type { CompareInput } from "./compare.ts";
import type { Check } from "./comparison.ts";
import { frameOf } from "./frame-of.ts";
import { sortedBy } from "./order.ts";

/** A plan as it is judged before its first trial. */
export interface PlanInput extends Pick<CompareInput, "plan" | "planDigest" | "policy" | "policyDigest"> {
  /** Records of lanes that are not applicable; null while the plan is not written, because a record names its plan. */
  readonly applicability: readonly ApplicabilityInput[] | null;
}

/**
 * The checks of a comparison that need no trial, sorted by id: what does not hold here holds after no trial either. While no
 * record can be made yet, a blocked baseline has to be blocked for a reason that a record may give. Pure and total.
 */
export function checkPlan({ applicability: records, ...input }: PlanInput): Check[] {
  const gathered: Gathered = {
    frame: frameOf(input),
    arrangement: { slots: [], extras: [] },
    earlier: [],
    applicability: records ?? [],
    judged: [],
    lanes: [],
    cells: [],
  };
  const checks = [
    candidatePlanned(gathered),
    baselinesPresent(gathered),
    realBaselinesPlanned(gathered),
    records === null ? recordable(gathered) : applicability(gathered),
    trialsSufficient(gathered),
    policyBound(gathered),
    evidenceClass(gathered),
    boundsPlanned(gathered),
  ];
  return sortedBy(checks, ({ id }) => id);
}

/** Every blocked baseline is blocked for a reason that a record may give. */
function recordable({ frame: { plan } }: Gathered): Check {
  const head = { id: "applicability", requirements: ["R8", "R48", "R57"] };
  const wrong = sortedBy(plan.lanes, ({ lane }) => lane).filter(
    ({ lane, state, reason }) =>
      state === "blocked" &&
      lane !== plan.candidate &&
      !APPLICABILITY_REASONS.some((one) => one === reason?.code),
  );
  if (wrong.length === 0) return passed(head, "a record can be made for every blocked baseline");
  const text = wrong.map(({ lane, reason }) => `${lane} (${reason?.code ?? "no reason"})`).join(", ");
  return failed(head, "LANE_SILENTLY_OMITTED", `left out for a reason that no record may give: ${text}`);
}
