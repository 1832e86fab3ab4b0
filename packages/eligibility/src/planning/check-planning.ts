import { checkAuthorityLanguage } from "./authority-language.ts";
import { checkCriteria, type CriteriaOf } from "./check-criteria.ts";
import { checkFrontMatter } from "./check-front-matter.ts";
import { checkHeadings, ISSUE_HEADINGS, PRD_HEADINGS, sectionLines } from "./check-headings.ts";
import { parseCriteria, parseNamedCriteria } from "./criteria.ts";
import { parseFrontMatter, type FrontMatter } from "./front-matter.ts";
import type { PlanningFile, PlanningFinding } from "./planning-finding.ts";
import { splitSections } from "./sections.ts";

/** The planning artifacts of one stage. */
export interface PlanningInput {
  readonly prd: PlanningFile;
  readonly issues: readonly PlanningFile[];
}

/** What the planning artifacts say, and everything that is wrong with them. */
export interface PlanningReport {
  /** Number of acceptance criteria of the PRD. */
  readonly criteria: number;
  readonly issues: number;
  /** In the order of files, then of lines. */
  readonly findings: readonly PlanningFinding[];
}

const CRITERIA = "Acceptance Criteria";

/** Checks a PRD and its issue artifacts: front matter, headings, criteria against issues both ways, ids, authority, words. */
export function checkPlanning({ prd, issues }: PlanningInput): PlanningReport {
  const own = readArtifact(prd, PRD_HEADINGS);
  const ofPrd: CriteriaOf = { file: prd.file, criteria: parseCriteria(sectionLines(own.sections, CRITERIA)) };
  const read = issues.map((issue) => {
    const artifact = readArtifact(issue, ISSUE_HEADINGS);
    const named = parseNamedCriteria(issue.file, sectionLines(artifact.sections, CRITERIA));
    return { file: issue.file, ...artifact, ...named, findings: [...artifact.findings, ...named.findings] };
  });
  const all = [{ file: prd.file, front: own.front }, ...read];
  const findings = [
    ...own.findings,
    ...read.flatMap((one) => one.findings),
    ...checkNames(all),
    ...checkCriteria(ofPrd, read),
  ];
  const order = new Map(all.map(({ file }, index) => [file, index]));
  const place = ({ file }: PlanningFinding): number => order.get(file) ?? 0;
  return {
    criteria: ofPrd.criteria.length,
    issues: issues.length,
    findings: findings.toSorted((a, b) => place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0)),
  };
}

function readArtifact(artifact: PlanningFile, headings: readonly string[]) {
  const front = parseFrontMatter(artifact);
  const sections = splitSections(artifact.text);
  const body = artifact.text.split("\n").fill("", 0, front.lines).join("\n");
  return {
    front,
    sections,
    findings: [
      ...checkFrontMatter(artifact.file, front),
      ...checkHeadings(artifact.file, sections, headings),
      ...checkAuthorityLanguage({ file: artifact.file, text: body }),
      ...descriptionLanguage(artifact.file, front),
    ],
  };
}

/** The description is prose too: it is read like the text below it. */
function descriptionLanguage(file: string, { values }: FrontMatter): PlanningFinding[] {
  const description = values.get("description");
  if (description === undefined) return [];
  return checkAuthorityLanguage({ file, text: description.value }).map((one) => ({
    ...one,
    line: description.line,
  }));
}

function checkNames(
  all: readonly { readonly file: string; readonly front: FrontMatter }[],
): PlanningFinding[] {
  const seen = new Map<string, string>();
  return all.flatMap(({ file, front }) => {
    const name = front.values.get("name");
    if (name === undefined) return [];
    const before = seen.get(name.value);
    if (before === undefined) {
      seen.set(name.value, file);
      return [];
    }
    const found = `${name.value}, which is the name of ${before} too`;
    return [
      { code: "PLANNING_ID_DUPLICATE", file, line: name.line, found, expected: "each name once" } as const,
    ];
  });
}
