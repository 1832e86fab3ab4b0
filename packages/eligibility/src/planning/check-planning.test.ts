import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { checkPlanning, type PlanningInput } from "./check-planning.ts";
import { PRD_HEADINGS } from "./check-headings.ts";
import type { PlanningFile } from "./planning-finding.ts";

const FOLDER = join(import.meta.dirname, "../../../../docs/planning");
const read = (file: string): PlanningFile => ({ file, text: readFileSync(join(FOLDER, file), "utf8") });
const INPUT: PlanningInput = {
  prd: read("prd.md"),
  issues: readdirSync(join(FOLDER, "issues"))
    .toSorted()
    .map((name) => read(`issues/${name}`)),
};

/** The real artifacts with one text changed, which must occur in them. */
function changed(file: string, from: string, to: string): PlanningInput {
  const change = (one: PlanningFile): PlanningFile => {
    if (one.file !== file) return one;
    expect(one.text).toContain(from);
    return { file, text: one.text.replace(from, to) };
  };
  return { prd: change(INPUT.prd), issues: INPUT.issues.map(change) };
}
const codes = (input: PlanningInput): string[] => [
  ...new Set(checkPlanning(input).findings.map(({ code, file }) => `${code} ${file}`)),
];

test("R1, R42: the PRD and the issue artifacts of this stage hold (nothing is found)", () => {
  expect(checkPlanning(INPUT)).toEqual({ criteria: 15, issues: 9, findings: [] });
});

describe("authority of the front matter", () => {
  test.each([
    ["a promoted PRD", "| not-promoted |", "| promoted |"],
    ["a PRD of tier core", "| local |", "| core |"],
    ["a PRD without its promotion status", "| core_promotion_status |", "| promotion |"],
    ["a PRD that is no planning", "| planning |", "| runtime |"],
  ])("R1: %s is authority drift (PLANNING_AUTHORITY_DRIFT)", (_name, from, to) => {
    expect(codes(changed("prd.md", from, to))).toEqual(["PLANNING_AUTHORITY_DRIFT prd.md"]);
  });

  test.each([
    ["a promoted issue", "core_promotion_status: not-promoted", "core_promotion_status: promoted"],
    ["an issue without the key", "core_promotion_status: not-promoted\n", ""],
    ["an issue of scope core", "tier: local", "tier: local\nscope: core"],
  ])("R1: %s is authority drift (PLANNING_AUTHORITY_DRIFT)", (_name, from, to) => {
    const file = "issues/04-comparison.md";
    expect(codes(changed(file, from, to))).toEqual([`PLANNING_AUTHORITY_DRIFT ${file}`]);
  });

  it("may name its scope as child-local", () => {
    expect(
      codes(changed("issues/04-comparison.md", "tier: local", "tier: local\nscope: child-local")),
    ).toEqual([]);
  });
});

describe("front matter", () => {
  const file = "issues/04-comparison.md";
  test.each([
    ["without its first line", "---\nname", "name"],
    ["without its end", "comparison\n---\n", "comparison\n"],
    ["with a nested value", "owner: stage6", "owner:\n  - stage6"],
    ["with a list", "owner: stage6", "owner: [stage6]"],
    ["with a key twice", "owner: stage6", "owner: stage6\nowner: stage6"],
    ["without an owner", "owner: stage6\n", ""],
    ["with an impossible day", "created: 2026-11-22", "created: 2026-02-30"],
    ["with a name of other letters", "name: stage6-comparison", "name: ../comparison"],
  ])("R42: front matter %s is a finding (PLANNING_FRONT_MATTER)", (_name, from, to) => {
    const input = changed(file, from.replace("comparison\n---", "another.\n---"), to);
    expect(codes(input)).toContain(`PLANNING_FRONT_MATTER ${file}`);
  });

  it("R42: a table of front matter with a missing cell is a finding (PLANNING_FRONT_MATTER)", () => {
    expect(codes(changed("prd.md", "| jp |", "|"))).toContain("PLANNING_FRONT_MATTER prd.md");
  });
});

describe("headings", () => {
  test.each(PRD_HEADINGS.map((title) => [title]))(
    "R42: a PRD without the heading %s is a finding (PLANNING_HEADING)",
    (title) => {
      expect(codes(changed("prd.md", `## ${title}\n`, ""))).toContain("PLANNING_HEADING prd.md");
    },
  );

  test("R42: a heading that stands twice is a finding (PLANNING_HEADING)", () => {
    expect(codes(changed("prd.md", "## Risks\n", "## Risks\n\n- One.\n\n## Risks\n"))).toEqual([
      "PLANNING_HEADING prd.md",
    ]);
  });

  test("R42: a heading with nothing below it is a finding (PLANNING_HEADING)", () => {
    const at = INPUT.prd.text.indexOf("## Success Definition");
    const text = `${INPUT.prd.text.slice(0, at)}## Success Definition\n\n`;
    expect(codes({ ...INPUT, prd: { file: "prd.md", text } })).toEqual(["PLANNING_HEADING prd.md"]);
  });

  test("R42: a heading inside a code fence is none (PLANNING_HEADING)", () => {
    expect(codes(changed("prd.md", "## Risks\n", "```\n## Risks\n```\n"))).toContain(
      "PLANNING_HEADING prd.md",
    );
  });

  test("R42: an issue without its purpose is a finding (PLANNING_HEADING)", () => {
    const file = "issues/01-stage5-entry.md";
    expect(codes(changed(file, "## Purpose\n", ""))).toEqual([`PLANNING_HEADING ${file}`]);
  });
});

describe("criteria and issues", () => {
  test("R42: a criterion without an issue is a finding (PLANNING_CRITERION_UNMAPPED)", () => {
    const issues = INPUT.issues.filter(({ file }) => !file.includes("07-"));
    const { findings } = checkPlanning({ ...INPUT, issues });
    expect(findings).toMatchObject([
      {
        code: "PLANNING_CRITERION_UNMAPPED",
        file: "prd.md",
        found: "AC-13: Operator acceptance is recorded after comparison proof.",
      },
    ]);
    expect(INPUT.prd.text.split("\n")[(findings[0]?.line ?? 0) - 1]).toContain("Operator acceptance");
  });

  test("R42: a PRD without criteria is a finding (PLANNING_CRITERION_UNMAPPED)", () => {
    const text = INPUT.prd.text.replace(/(## Acceptance Criteria\n)[^#]*/, "$1\nNone yet.\n\n");
    expect(codes({ ...INPUT, prd: { file: "prd.md", text } })).toContain(
      "PLANNING_CRITERION_UNMAPPED prd.md",
    );
  });

  test("R42: an issue without a criterion is a finding (PLANNING_ISSUE_UNMAPPED)", () => {
    const file = "issues/09-planning-validator.md";
    const from = "- AC-15: Local CTO validator checks Stage 6 PRD and issue artifacts.";
    expect(codes(changed(file, from, "None."))).toEqual([
      "PLANNING_CRITERION_UNMAPPED prd.md",
      `PLANNING_ISSUE_UNMAPPED ${file}`,
    ]);
  });

  test.each([
    ["a criterion that the PRD does not have", "- AC-11:", "- AC-77:"],
    ["a criterion without an id", "- AC-11: Case", "- Case"],
    ["a criterion in other words", "freshness is recorded", "freshness is nice"],
  ])("R42: an issue with %s is a finding (PLANNING_CRITERION_UNKNOWN)", (_name, from, to) => {
    const file = "issues/05-source-admission.md";
    expect(codes(changed(file, from, to))).toContain(`PLANNING_CRITERION_UNKNOWN ${file}`);
  });

  test("R42: a criterion put in between is noticed by the words that issues quote (PLANNING_CRITERION_UNKNOWN)", () => {
    const input = changed("prd.md", "- Case remains disabled", "- One more.\n- Case remains disabled");
    expect(codes(input)).toContain("PLANNING_CRITERION_UNKNOWN issues/02-scope-and-default.md");
  });

  test.each([
    [
      "a criterion that stands twice in the PRD",
      "prd.md",
      "- Case source admission freshness",
      "- Case source admission freshness is recorded.\n- Case source admission freshness",
    ],
    ["a criterion that an issue names twice", "issues/04-comparison.md", "- AC-07:", "- AC-06:"],
    [
      "a name that two artifacts have",
      "issues/04-comparison.md",
      "name: stage6-comparison",
      "name: stage6-failure-matrix",
    ],
  ])("R42: %s is a finding (PLANNING_ID_DUPLICATE)", (_name, file, from, to) => {
    expect(codes(changed(file, from, to)).some((one) => one.startsWith("PLANNING_ID_DUPLICATE"))).toBe(true);
  });

  it("takes ids that the PRD writes itself, and finds one that stands twice", () => {
    let number = 0;
    const text = INPUT.prd.text.replace(/(?<=## Acceptance Criteria\n)[^#]*/, (list) =>
      list.replaceAll(/^- /gm, () => `- AC-${String((number += 1)).padStart(2, "0")}: `),
    );
    expect(codes({ ...INPUT, prd: { file: "prd.md", text } })).toEqual([]);
    const twice = text.replace("- AC-02:", "- AC-01:");
    expect(codes({ ...INPUT, prd: { file: "prd.md", text: twice } })).toContain(
      "PLANNING_ID_DUPLICATE prd.md",
    );
  });
});
