import {
  applicabilityPath,
  checkApplicability,
  type ApplicabilityInput,
  type Comparison,
} from "@stage6/comparator";
import type { Timestamp } from "@stage6/evidence-interface";
import type { GateCheck } from "../gate-check.ts";
import type { ReadApplicability } from "../read-applicability.ts";
import type { PlanEntry } from "../read-plans.ts";
import { failedOn, makeCheck, passed } from "./make-check.ts";

/**
 * Every record of a lane that is not applicable holds at the time to judge at. The comparison depends on no clock and
 * judges a record by the time of its plan; that it expired since shows here.
 */
export function applicabilityCheck(
  { records, findings, inputs }: ReadApplicability,
  { id, plan }: PlanEntry,
  comparison: Comparison | null,
  now: Timestamp,
): GateCheck {
  if (findings.length > 0) return failedOn("applicability", findings, inputs);
  const problems = records.flatMap(({ lane, digest, record }: ApplicabilityInput) => {
    const left = comparison?.lanes.some((one) => one.lane === lane && one.trials.present > 0) ?? false;
    const found = record === null ? [] : checkApplicability(record, id, plan, left, now);
    return found.map(({ code, message }) => ({
      code,
      evidence: {
        path: applicabilityPath(lane, id),
        ...(digest === null ? {} : { sha256: digest }),
        what: message,
      },
    }));
  });
  const first = problems.find(({ code }) => code === "LANE_NA_INVALID") ?? problems[0];
  if (first !== undefined)
    return makeCheck(
      "applicability",
      "fail",
      first.code,
      `${first.evidence.path}: ${first.evidence.what}`,
      problems.map(({ evidence }) => evidence),
    );
  const own = comparison?.checks.find((check) => check.id === "applicability");
  if (own !== undefined && own.verdict !== "pass")
    return makeCheck("applicability", own.verdict, own.code, own.message);
  return passed("applicability", own?.message ?? "no record of a lane that is not applicable", inputs);
}
