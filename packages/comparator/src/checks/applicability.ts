import { applicabilityPath, checkApplicability, type ApplicabilityProblem } from "../applicability.ts";
import type { Check } from "../comparison.ts";
import { evidenceOf } from "../evidence.ts";
import { sortedBy } from "../order.ts";
import { failed, passed, type Gathered } from "./check.ts";

/**
 * Every lane that is called not applicable has a record that holds. Scripted evidence can do with the reason in the
 * plan, since it makes nobody eligible; a record that is there is held to the rules all the same.
 */
export function applicability({
  frame: { plan, planId },
  arrangement,
  judged,
  applicability: given,
}: Gathered): Check {
  const head = { id: "applicability", requirements: ["R8", "R48", "R57"] };
  const records = sortedBy(given, ({ lane }) => lane);
  const problems = records.flatMap(({ lane, digest, record }) => {
    const evidence = (code: ApplicabilityProblem["code"], what: string) =>
      ({ code, fact: evidenceOf(lane, digest, code, applicabilityPath(lane, planId), what) }) as const;
    if (record === null)
      return [evidence("LANE_NA_INVALID", "the record could not be read, or no trusted key signed it")];
    if (record.lane !== lane)
      return [evidence("LANE_NA_INVALID", `a record for ${record.lane} stands under ${lane}`)];
    const left =
      arrangement.extras.some((trial) => trial.lane === lane) ||
      judged.some(({ slot }) => slot.lane.lane === lane && slot.state !== "missing");
    return checkApplicability(record, planId, plan, left, null).map(({ code, message }) =>
      evidence(code, message),
    );
  });
  const first = problems.find(({ code }) => code === "LANE_NA_INVALID") ?? problems[0];
  if (first !== undefined)
    return failed(
      head,
      first.code,
      `${problems.length} faults in records of lanes that are not applicable: ${first.fact.what}`,
      problems.map(({ fact }) => fact),
    );
  const silent = sortedBy(plan.lanes, ({ lane }) => lane).filter(
    ({ lane, state }) =>
      state === "blocked" && lane !== plan.candidate && !records.some((one) => one.lane === lane),
  );
  if (silent.length > 0 && plan.evidenceClass === "live")
    return failed(
      head,
      "LANE_SILENTLY_OMITTED",
      `blocked without a record of why: ${silent.map(({ lane }) => lane).join(", ")}`,
    );
  return passed(
    head,
    records.length === 0
      ? silent.length === 0
        ? "no baseline is blocked, so that no record is needed"
        : `no record for ${silent.map(({ lane }) => lane).join(", ")}: with scripted evidence the plan's reason will do`
      : `records hold for ${records.map(({ lane }) => lane).join(", ")}`,
  );
}
