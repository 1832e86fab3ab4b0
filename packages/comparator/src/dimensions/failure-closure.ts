import type { Outcome, Report } from "@stage6/evidence-interface";
import { LIMIT_CLOSURES, namesAny } from "../closure-names.ts";
import { onReport, type DimensionRules, type Violation } from "../rule.ts";

/** Outcomes of a trial that really ran and ended; the others leave nothing that could be scored. */
export const SCORED_OUTCOMES: readonly Outcome[] = ["completed", "failed", "timed-out"];

/**
 * Failure closure: the trial ran, ended in a named way, within its limits, and left no process behind.
 * A failed task is a proper end and no violation; task success never compensates one.
 */
export const failureClosure: DimensionRules = {
  dimension: "failure-closure",
  components: [
    onReport("outcome-final", (report) =>
      SCORED_OUTCOMES.includes(report.outcome)
        ? []
        : [
            {
              code: "OUTCOME_NOT_FINAL",
              where: "report.json/outcome",
              what: `${report.outcome} (${report.closure.class}): the backend did not run to an end of its own or of a limit`,
            },
          ],
    ),
    onReport("closure-named", closureNamed),
    onReport("closure-known", ({ closure }) =>
      namesAny(closure, ["LANE_DRIFT"])
        ? [
            {
              code: "LANE_DRIFT",
              where: "report.json/closure",
              what: "ended in a shape that no known version of the backend has",
            },
          ]
        : [],
    ),
    onReport("process-tree-empty", ({ closure }) =>
      closure.processTreeEmpty && !namesAny(closure, ["ORPHAN"])
        ? []
        : [
            {
              code: "ORPHAN",
              where: "report.json/closure/processTreeEmpty",
              what: "a process outlived the trial",
            },
          ],
    ),
    onReport("deadline-recorded", ({ closure }) =>
      closure.withinDeadline || namesAny(closure, LIMIT_CLOSURES)
        ? []
        : [
            {
              code: "DEADLINE_UNRECORDED",
              where: "report.json/closure/withinDeadline",
              what: `limits exceeded, but ${closure.class} names none`,
            },
          ],
    ),
  ],
};

function* closureNamed({ outcome, closure }: Report): Iterable<Violation> {
  const inconsistent = (what: string): Violation => ({
    code: "CLOSURE_INCONSISTENT",
    where: "report.json/closure",
    what,
  });
  if ((outcome === "completed") !== (closure.class === "NONE"))
    yield inconsistent(`outcome ${outcome} with closure ${closure.class}`);
  if (closure.class === "NONE" && closure.also.length > 0)
    yield inconsistent(`closure NONE, but ${closure.also.join(", ")} also apply`);
  if (closure.class !== "NONE" && closure.detectedBy === "none")
    yield inconsistent(`closure ${closure.class}, but no witness is named`);
  if (outcome === "timed-out" && !namesAny(closure, LIMIT_CLOSURES))
    yield inconsistent(`timed out, but closure ${closure.class} names no limit`);
}
