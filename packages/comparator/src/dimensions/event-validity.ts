import { LIMIT_CLOSURES, namesAny } from "../closure-names.ts";
import { noFindings } from "../finding-dimension.ts";
import { onReport, type DimensionRules, type Violation } from "../rule.ts";
import type { Code } from "../code.ts";

/**
 * Event validity: a log that reads, with every backend line understood and every tool call closed.
 * Start, end, order and pairing of the log itself are findings of the evidence interface. The three counts come
 * from the translated events, so more of them is always worse and fewer of them never buys anything else.
 */
export const eventValidity: DimensionRules = {
  dimension: "event-validity",
  components: [
    noFindings("events-valid", "event-validity"),
    onReport("lines-read", ({ claims }) =>
      counted(
        "LINES_UNREAD",
        "/claims/unreadLines",
        claims.unreadLines,
        "lines could not be read as the backend's format",
      ),
    ),
    onReport("no-drift", ({ claims }) =>
      counted(
        "LANE_DRIFT",
        "/claims/driftRecords",
        claims.driftRecords,
        "records have a shape that no known version has",
      ),
    ),
    onReport("tools-closed", (report) =>
      namesAny(report.closure, LIMIT_CLOSURES)
        ? []
        : counted(
            "TOOLS_UNCLOSED",
            "/claims/toolsUnclosed",
            report.claims.toolsUnclosed,
            "tool calls have no end, and no limit cut the backend off",
          ),
    ),
  ],
};

function counted(code: Code, pointer: string, count: number, text: string): Violation[] {
  return count === 0 ? [] : [{ code, where: `report.json${pointer}`, what: `${count} ${text}` }];
}
