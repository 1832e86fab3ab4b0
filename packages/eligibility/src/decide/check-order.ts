import type { CompareInput } from "@stage6/comparator";
import type { Timestamp } from "@stage6/evidence-interface";
import type { AdmissionRecord } from "../admission/check-admission.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { Stage5Record } from "../stage5/check-stage5.ts";

/** What the times of plans and trials are compared with. */
export interface OrderInput {
  readonly comparison: CompareInput;
  /** The admission and the Stage 5 evidence in force; null when there is none. */
  readonly admission: AdmissionRecord | null;
  readonly stage5: Stage5Record | null;
  readonly now: Timestamp;
}

/**
 * The order of time, by what signed documents state: Stage 5 evidence and admission, then the plan, then its trials, then
 * now. Trials of earlier plans may be older than an admission that was made again; that each follows its own plan is for the comparison.
 */
export function checkOrder({ comparison, admission, stage5, now }: OrderInput): readonly Problem[] {
  const { plan, planDigest, trials, earlier = [] } = comparison;
  const problems: Problem[] = [];
  for (const one of [{ plan, digest: planDigest, trials }, ...earlier]) {
    const id = one.digest.slice("sha256:".length).slice(0, 16);
    if (one.plan.createdAt > now)
      problems.push(
        problemIn(`plans/${id}.json`, "DATED_AHEAD", "plan", `made before ${now}`, one.plan.createdAt),
      );
    for (const { report } of one.trials)
      if (report !== null && report.timing.endedAt > now)
        problems.push(
          problemIn(
            placeOf(id, report.trial),
            "DATED_AHEAD",
            "trial",
            `ended before ${now}`,
            report.timing.endedAt,
          ),
        );
  }
  const floors = [
    { rule: "stage5", at: stage5?.statement.predicate.finishedAt, what: "Stage 5 evidence was finished" },
    { rule: "admission", at: admission?.statement.predicate.admittedAt, what: "the source was admitted" },
    { rule: "plan", at: plan.createdAt, what: "the plan was made" },
  ];
  const own = planDigest.slice("sha256:".length).slice(0, 16);
  for (const { report } of trials)
    for (const { rule, at, what } of floors)
      if (report !== null && at !== undefined && report.timing.startedAt < at)
        problems.push(
          problemIn(
            placeOf(own, report.trial),
            "TRIAL_TOO_EARLY",
            rule,
            `begun after ${what}, ${at}`,
            report.timing.startedAt,
          ),
        );
  return problems;
}

const placeOf = (
  planId: string,
  { lane, fixture, number }: { lane: string; fixture: string; number: number },
): string => `runs/${planId}/${lane}/${fixture}/${String(number).padStart(3, "0")}`;
