import { listItems } from "./list-items.ts";
import type { PlanningFinding } from "./planning-finding.ts";
import type { NumberedLine } from "./sections.ts";

/** An acceptance criterion: `AC-` and two digits, and its text. */
export interface Criterion {
  readonly id: string;
  readonly text: string;
  readonly line: number;
}

/** Id and text of an item that names its criterion; null for any other. */
function namedOf(item: string): { readonly id: string; readonly text: string } | null {
  const id = /^AC-[0-9]{2}(?=:[ \t])/.exec(item)?.[0];
  const text = id === undefined ? "" : item.slice(id.length + 1).trim();
  return id === undefined || text === "" ? null : { id, text };
}

/**
 * Criteria of the PRD. Without ids they are numbered by their place, AC-01 first; issues quote the text as well, so a
 * criterion that is put in between is noticed. With ids every item needs one.
 */
export function parseCriteria(lines: readonly NumberedLine[]): Criterion[] {
  return listItems(lines).map(({ text, line }, index) => {
    const named = namedOf(text);
    return {
      id: named?.id ?? `AC-${String(index + 1).padStart(2, "0")}`,
      text: plain(named?.text ?? text),
      line,
    };
  });
}

/** Criteria that an issue names as `- AC-01: text`; any other item is a finding. */
export function parseNamedCriteria(
  file: string,
  lines: readonly NumberedLine[],
): { readonly criteria: readonly Criterion[]; readonly findings: readonly PlanningFinding[] } {
  const criteria: Criterion[] = [];
  const findings: PlanningFinding[] = [];
  for (const { text, line } of listItems(lines)) {
    const named = namedOf(text);
    if (named !== null) criteria.push({ id: named.id, text: plain(named.text), line });
    else
      findings.push({
        code: "PLANNING_CRITERION_UNKNOWN",
        file,
        line,
        found: text,
        expected: "AC-01: and the text of the criterion",
      });
  }
  return { criteria, findings };
}

/** Text without code marks and doubled spaces: what two people would call the same sentence. */
const plain = (text: string): string => text.replaceAll("`", "").replace(/\s+/g, " ").trim();
