import type { PlanningFinding } from "./planning-finding.ts";
import type { Section } from "./sections.ts";

/** The ten headings of the PRD. */
export const PRD_HEADINGS = [
  "Problem Statement",
  "Solution",
  "Scope",
  "Non-Goals",
  "User Stories",
  "Acceptance Criteria",
  "Validation",
  "Risks",
  "Dependencies",
  "Success Definition",
] as const;

/** The headings of an issue artifact. */
export const ISSUE_HEADINGS = ["Purpose", "Acceptance Criteria", "Validation"] as const;

/** Whether each wanted heading stands once and has something below it. */
export function checkHeadings(
  file: string,
  sections: readonly Section[],
  wanted: readonly string[],
): PlanningFinding[] {
  const fault = (line: number | null, found: string | null, expected: string): PlanningFinding => ({
    code: "PLANNING_HEADING",
    file,
    line,
    found,
    expected,
  });
  return wanted.flatMap((title) => {
    const [first, second] = sections.filter((section) => section.title === title);
    if (first === undefined) return [fault(null, null, `the heading ${title}`)];
    if (second !== undefined) return [fault(second.line, title, "each heading once")];
    const empty = sectionLines(sections, title).every(({ text }) => text.trim() === "");
    return empty ? [fault(first.line, title, "text below the heading")] : [];
  });
}

/** Lines below the first heading with this title, those of its deeper headings included. */
export function sectionLines(sections: readonly Section[], title: string): Section["lines"] {
  const at = sections.findIndex((section) => section.title === title);
  const own = sections[at];
  if (own === undefined) return [];
  const rest = sections.slice(at + 1);
  const end = rest.findIndex(({ level }) => level <= own.level);
  return [own, ...(end < 0 ? rest : rest.slice(0, end))].flatMap(({ lines }) => lines);
}
