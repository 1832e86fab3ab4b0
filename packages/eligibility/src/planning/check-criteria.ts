import type { Criterion } from "./criteria.ts";
import type { PlanningFinding } from "./planning-finding.ts";

/** Criteria that one artifact names. */
export interface CriteriaOf {
  readonly file: string;
  readonly criteria: readonly Criterion[];
}

/** Maps the criteria of a PRD and of its issues onto each other, both ways. */
export function checkCriteria(prd: CriteriaOf, issues: readonly CriteriaOf[]): PlanningFinding[] {
  const known = new Map(prd.criteria.map((one) => [one.id, one.text]));
  const mapped = new Set(issues.flatMap(({ criteria }) => criteria.map(({ id }) => id)));
  const open = prd.criteria
    .filter(({ id }) => !mapped.has(id))
    .map(({ id, text, line }): PlanningFinding => ({
      code: "PLANNING_CRITERION_UNMAPPED",
      file: prd.file,
      line,
      found: `${id}: ${text}`,
      expected: "an issue that names this criterion",
    }));
  return [
    ...twice(prd),
    ...(prd.criteria.length === 0
      ? [
          {
            code: "PLANNING_CRITERION_UNMAPPED",
            file: prd.file,
            line: null,
            found: null,
            expected: "at least one acceptance criterion",
          } as const,
        ]
      : open),
    ...issues.flatMap((issue) => [...twice(issue), ...ofIssue(issue, known)]),
  ];
}

function ofIssue({ file, criteria }: CriteriaOf, known: ReadonlyMap<string, string>): PlanningFinding[] {
  if (criteria.length === 0)
    return [
      {
        code: "PLANNING_ISSUE_UNMAPPED",
        file,
        line: null,
        found: null,
        expected: "at least one acceptance criterion of the PRD",
      },
    ];
  return criteria
    .filter(({ id, text }) => known.get(id) !== text)
    .map(({ id, text, line }) => ({
      code: "PLANNING_CRITERION_UNKNOWN",
      file,
      line,
      found: `${id}: ${text}`,
      expected: known.has(id) ? `${id}: ${known.get(id) ?? ""}` : "a criterion of the PRD",
    }));
}

function twice({ file, criteria }: CriteriaOf): PlanningFinding[] {
  const ids = new Set<string>();
  const texts = new Set<string>();
  return criteria.flatMap(({ id, text, line }) => {
    const again = ids.has(id) || texts.has(text);
    ids.add(id);
    texts.add(text);
    return again
      ? [
          {
            code: "PLANNING_ID_DUPLICATE",
            file,
            line,
            found: `${id}: ${text}`,
            expected: "each criterion once",
          } as const,
        ]
      : [];
  });
}
