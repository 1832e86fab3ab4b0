import { checkPlan } from "@stage6/comparator";
import type { GateCheck } from "./gate-check.ts";
import { openBefore } from "./gate-steps.ts";
import type { ReadGateOptions } from "./gate/read-gate.ts";
import { judgeRoot } from "./judge-root.ts";
import type { PlanEntry } from "./read-plans.ts";
import { escapeLong } from "./text.ts";
import { exitCodeOfCheck } from "./verdict-of-checks.ts";

/** What the entry to a plan's trials is judged with. */
export interface EntryOptions extends Omit<ReadGateOptions, "planId" | "plan"> {
  /** The plan whose trials would be made, written or not; null when none can be made. */
  readonly plan: PlanEntry | null;
  /** `plan`: it is about to be made, and records of lanes that are not applicable can follow; `run`: its trials are next. */
  readonly step: "plan" | "run";
}

/**
 * Everything that keeps trials from being made, as far as it can be known before the first of them: the checks of the gate
 * before the step `trials`, and those of a comparison that need no trial. Empty when the trials may begin. Reads only; throws
 * on no input.
 */
export async function judgeEntry({ plan, step, ...options }: EntryOptions): Promise<readonly GateCheck[]> {
  const { gate, checks } = await judgeRoot({ ...options, plan });
  if (plan === null) return openBefore("plan", checks);
  const { view, applicability } = gate;
  const open = openBefore("trials", checks);
  const records = step === "plan" ? null : (applicability?.records ?? []);
  const ofPlan =
    view.policy === null
      ? []
      : checkPlan({
          plan: plan.plan,
          planDigest: plan.digest,
          policy: view.policy.document,
          policyDigest: view.policy.digest,
          applicability: records,
        });
  // The gate's own check of the records looks at the clock as well: a record may have expired.
  const expired = checks.filter(({ id }) => step === "run" && id === "applicability");
  const own = ofPlan.filter(({ id }) => !expired.some((one) => one.id === id));
  return [...open, ...[...expired, ...own.map(asGateCheck)].filter((check) => exitCodeOfCheck(check) !== 0)];
}

function asGateCheck({
  id,
  requirements,
  verdict,
  code,
  message,
}: ReturnType<typeof checkPlan>[number]): GateCheck {
  return {
    id,
    requirements: [...requirements],
    verdict,
    code,
    message: escapeLong(message, 600),
    evidence: [],
  };
}
