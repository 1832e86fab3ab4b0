import fc from "fast-check";
import { expect, test } from "vitest";
import { compare } from "./compare.ts";
import { DIMENSIONS } from "./dimension.ts";
import { explainCell } from "./explain-cell.ts";
import { renderComparison } from "./render-comparison.ts";
import {
  blockedLane,
  changeLane,
  plannedLane,
  sampleInput,
  samplePlan,
  withReport,
} from "./testing/documents.ts";
import { liveInput } from "./testing/live.ts";

/** A next step is not wrapped: it may be a command that someone copies. */
const tooWide = (text: string): string[] =>
  text.split("\n").filter((line) => line.length > 100 && !line.startsWith("  next: "));

test("shows lanes by dimensions, the verdict, and what is blocked with its remedy", () => {
  const lanes = [...["case", "codex", "fake"].map(plannedLane), blockedLane("pi")];
  const lost = changeLane(sampleInput(samplePlan({ lanes })), "case", (trial) =>
    withReport(trial, () => ({ secretHits: 1 })),
  );
  const text = renderComparison(compare(lost));
  expect(text).toContain(
    "lane          report-shape    event-validity  allowed-paths   failure-closure  artifact-completeness\n",
  );
  expect(text).toContain(
    "case          holds 4/4       holds 4/4       holds 4/4       holds 4/4        violated 4/4\n",
  );
  expect(text).toContain(
    "pi            blocked         blocked         blocked         blocked          blocked\n",
  );
  expect(text).toContain("against pi: not-applicable (BACKEND_MISSING) in all 10 cells\n");
  expect(text).toContain("artifact-completeness worse (SECRET_LEAK) 2/2\n");
  expect(text).toContain("Verdict: refused (exit 1), standing: lost, activation: none\n");
  expect(text).toContain("Blocked: pi, BACKEND_MISSING: no pi here\n  next: install pi\n");
  expect(tooWide(text)).toEqual([]);
});

test("explains a cell by its violations, and says when there is none", () => {
  const comparison = compare(
    changeLane(sampleInput(), "case", (trial) => withReport(trial, () => ({ secretHits: 1 }))),
  );
  const text = explainCell(comparison, "codex", "fix-bug", "artifact-completeness");
  expect(text).toContain("case against codex on fix-bug, artifact-completeness: worse (SECRET_LEAK)\n");
  expect(text).toContain("  no-secrets: worse; trials that break it: case 2, codex 0\n");
  expect(text).toContain("    case/fix-bug/001 SECRET_LEAK at report.json/secretHits: 1 hits\n");
  expect(explainCell(comparison, "pi", "absent", "report-shape")).toBe(
    "No cell for pi, absent, report-shape in this comparison.\n",
  );
});

test("says in words why a baseline takes no part, and gives intervals for draws only", () => {
  const lanes = [...["case", "codex", "fake"].map(plannedLane), blockedLane("pi")];
  const scripted = compare(sampleInput(samplePlan({ lanes })));
  expect(explainCell(scripted, "pi", "fix-bug", "report-shape")).toBe(
    "case against pi on fix-bug, report-shape: not-applicable (BACKEND_MISSING)\n  pi takes no part: no pi here\n  next: install pi\n",
  );
  expect(explainCell(scripted, "codex", "fix-bug", "failure-closure")).not.toContain("95 %");
  const tested = explainCell(compare(liveInput()), "codex", "fixture-0", "failure-closure");
  expect(tested).toMatch(/case 30 of 30\s+\(95 %/);
});

test("names both values of a difference", () => {
  const comparison = compare(
    changeLane(sampleInput(), "case", (trial) =>
      withReport(trial, () => ({ harness: { name: "stage6", version: "9" } })),
    ),
  );
  expect(explainCell(comparison, "pi", "fix-bug", "report-shape")).toContain(
    "  harness differs: case has stage6 9, pi has stage6 0.0.0, planned stage6 0.0.0\n",
  );
});

test("hostile text stays inside 100 columns of printable characters, a next step on its line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (hostile) => {
      const blocked = {
        ...blockedLane("pi"),
        reason: { code: "PROBE_FAILED" as const, detail: hostile, remedy: hostile },
      };
      const input = changeLane(
        sampleInput(samplePlan({ lanes: [...["case", "codex", "fake"].map(plannedLane), blocked] })),
        "case",
        (trial) =>
          withReport(trial, ({ boundary }) => ({
            boundary: { ...boundary, violations: [{ path: hostile, rule: "outside-allowed" }] },
            harness: { name: hostile, version: hostile },
          })),
      );
      const comparison = compare(input);
      const text = [
        renderComparison(comparison),
        ...DIMENSIONS.map((dimension) => explainCell(comparison, "codex", "fix-bug", dimension)),
      ].join("");
      expect(tooWide(text)).toEqual([]);
      expect(text).toMatch(/^[\x20-\x7e\n…]*$/);
    }),
    { numRuns: Number(process.env["STAGE6_PROPERTY_RUNS"] ?? 300) },
  );
});
