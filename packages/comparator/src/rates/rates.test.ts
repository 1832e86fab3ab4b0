import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare, type CompareInput } from "../compare.ts";
import type { Cell, Comparison } from "../comparison.ts";
import { changeLane, sampleInput, withReport } from "../testing/documents.ts";
import { changeFirst, cutOff, liveInput, tried, untold } from "../testing/live.ts";
import type { TrialInput } from "../trial-input.ts";
import { explainCell } from "../explain-cell.ts";
import { renderComparison } from "../render-comparison.ts";
import { decidePooled, decideRate } from "./decide-rate.ts";

const RULES = { margin: 0.1, z: 1.75 };
const MISSES = [
  ["changes-explained", "event-validity", untold],
  ["no-forbidden-attempt", "allowed-paths", tried],
  ["closed-by-lane", "failure-closure", cutOff],
] as const;
const every =
  (count: number, change: (trial: TrialInput) => TrialInput) =>
  (input: CompareInput, lane: string): CompareInput => {
    let at = 0;
    return {
      ...input,
      trials: input.trials.map((trial) =>
        trial.lane === lane && (at += 1) % count === 0 ? change(trial) : trial,
      ),
    };
  };
const cellsOf = ({ cells }: Comparison, dimension: string, baseline = "codex"): Cell[] =>
  cells.filter((cell) => cell.dimension === dimension && cell.baseline === baseline);

describe.each(MISSES)("the rate %s of %s", (component, dimension, miss) => {
  test("of scripted trials is shown with its counts, and is no verdict, however low or high", () => {
    for (const lane of ["case", "codex"]) {
      const comparison = compare(changeLane(sampleInput(), lane, miss));
      expect(comparison.exitCode).toBe(0);
      const [cell] = cellsOf(comparison, dimension);
      expect(cell).toMatchObject({ verdict: "matches", code: null });
      const shown = cell?.components.find((one) => one.component === component);
      expect(shown).toMatchObject({ verdict: "shown", evidence: [{ code: "RATE_MISS" }, {}] });
      expect(shown?.rate).toMatchObject({
        basis: "scripted",
        fixture: {
          candidate: { hits: lane === "case" ? 0 : 2, of: 2 },
          baseline: { hits: lane === "case" ? 2 : 0, of: 2 },
        },
        z: null,
        needed: null,
      });
      expect(renderComparison(comparison)).toMatch(
        new RegExp(
          `Rates, shown, not counted: scripted[^]*${component}: case ${lane === "case" ? 0 : 4} of 4`,
        ),
      );
      expect(explainCell(comparison, "codex", "fix-bug", dimension)).toMatch(
        new RegExp(`${component}: shown; [^]*shown,\\s+not\\s+counted:\\s+scripted`),
      );
    }
  });

  test("of live trials is shown against the fake lane, and decides nothing there", () => {
    const cells = cellsOf(compare(changeLane(liveInput(), "case", miss)), dimension, "fake");
    expect(new Set(cells.map(({ verdict }) => verdict))).toEqual(new Set(["matches"]));
    const shown = cells[0]?.components.find((one) => one.component === component);
    expect(shown?.verdict).toBe("shown");
    expect(shown?.rate).toMatchObject({ basis: "no-model", fixture: { candidate: { hits: 0, of: 5 } } });
  });

  test("of live trials is accepted without a miss at the floors, and inconclusive with one, naming the number", () => {
    expect(compare(liveInput()).exitCode).toBe(0);
    const one = compare(changeFirst(liveInput(), "case", 1, miss));
    expect(one.exitCode).toBe(5);
    const check = one.checks.find(({ id }) => id === `dimension.${dimension}`);
    expect(check).toMatchObject({ verdict: "inconclusive", code: "RATE_INCONCLUSIVE" });
    expect(check?.message).toContain("needed: 46 trials of each lane");
    expect(check?.evidence[0]?.what).toContain("29 of 30 trials against 30 of 30");
  });

  test("of live trials is worse when it lies far below, or on one fixture alone", () => {
    const far = compare(every(3, miss)(liveInput(), "case"));
    expect(far.exitCode).toBe(1);
    const fixture = compare(changeFirst(liveInput(), "case", 5, miss));
    expect(cellsOf(fixture, dimension)[0]).toMatchObject({ verdict: "worse", code: "RATE_LOWER" });
  });
});

test("a fixture on which the candidate is lower beyond chance is worse, whatever all fixtures together say", () => {
  const fixture = (candidate: number, baseline: number) =>
    decideRate(
      "tested",
      { candidate: { hits: candidate, of: 5 }, baseline: { hits: baseline, of: 5 } },
      "matches",
    );
  expect(fixture(0, 5)).toMatchObject({ verdict: "worse" });
  expect(fixture(1, 5)).toMatchObject({ verdict: "worse" });
  // One in six by chance: no more than the other fixtures say.
  expect(fixture(2, 5)).toMatchObject({ verdict: "matches" });
  expect(fixture(5, 0)).toMatchObject({ verdict: "matches" });
  const low = { candidate: { hits: 0, of: 5 }, baseline: { hits: 5, of: 5 } };
  for (const basis of ["scripted", "no-model"] as const)
    expect(decideRate(basis, low, "worse")).toEqual({ verdict: "shown", fisher: null });
});

test("one fixture of many that is lower beyond chance fails live evidence that holds on the whole", () => {
  const input = liveInput(40, 5);
  const comparison = compare(changeFirst(input, "case", 4, untold));
  const cells = cellsOf(comparison, "event-validity");
  expect(cells[0]).toMatchObject({ verdict: "worse", code: "RATE_LOWER" });
  expect(cells.slice(1).every(({ verdict }) => verdict === "matches")).toBe(true);
  expect(comparison.exitCode).toBe(1);
});

test("over all fixtures a candidate beats only what chance would not show, and is worse only below chance", () => {
  const pooled = (candidate: number, baseline: number, of: number) =>
    decidePooled({ candidate: { hits: candidate, of }, baseline: { hits: baseline, of } }, RULES).verdict;
  expect(pooled(100, 20, 100)).toBe("beats");
  expect(pooled(30, 30, 30)).toBe("matches");
  // One in 3,000 by chance: better, and not believed.
  expect(pooled(30, 20, 30)).toBe("matches");
  expect(pooled(20, 30, 30)).toBe("worse");
  expect(pooled(29, 30, 30)).toBe("inconclusive");
  const pair = { candidate: { hits: 30, of: 30 }, baseline: { hits: 30, of: 30 } };
  const { z } = decidePooled(pair, RULES);
  expect(decidePooled(pair, { ...RULES, z }).verdict).toBe("inconclusive");
});

test("one miss in 46 live trials is accepted", () => {
  expect(compare(changeFirst(liveInput(8, 6), "case", 1, untold)).exitCode).toBe(0);
});

test("too few fixtures or trials are inconclusive, never a pass", () => {
  for (const [fixtures, trials] of [
    [5, 6],
    [6, 4],
    [1, 30],
  ] as const) {
    const comparison = compare(liveInput(fixtures, trials));
    expect(comparison.exitCode).toBe(5);
    expect(comparison.checks.find(({ id }) => id === "trials-sufficient")?.code).toBe(
      "INSUFFICIENT_EVIDENCE",
    );
  }
});

test("a change that no lane event names is a miss, with its path", () => {
  const silent = changeLane(sampleInput(), "case", (trial) =>
    withReport(trial, ({ claims }) => ({ claims: { ...claims, changedPaths: ["src/other.ts"] } })),
  );
  const [cell] = cellsOf(compare(silent), "event-validity");
  expect(cell?.components.find(({ kind }) => kind === "rate")?.evidence[1]).toMatchObject({
    where: "observation.json/workspace/changes/0",
    what: "src/a.ts changed, and no lane event names it",
  });
});

test("what is accepted stays accepted with more hits of ours or fewer of theirs, at equal and unequal numbers", () => {
  const proportion = fc
    .integer({ min: 1, max: 90 })
    .chain((of) => fc.record({ hits: fc.nat({ max: of }), of: fc.constant(of) }));
  const accepted = (
    candidate: { hits: number; of: number },
    baseline: { hits: number; of: number },
  ): boolean => ["beats", "matches"].includes(decidePooled({ candidate, baseline }, RULES).verdict);
  expect(accepted({ hits: 28, of: 28 }, { hits: 28, of: 28 })).toBe(true);
  fc.assert(
    fc.property(proportion, proportion, (candidate, baseline) => {
      fc.pre(!accepted(candidate, baseline));
      if (candidate.hits > 0)
        expect(accepted({ ...candidate, hits: candidate.hits - 1 }, baseline)).toBe(false);
      if (baseline.hits < baseline.of)
        expect(accepted(candidate, { ...baseline, hits: baseline.hits + 1 })).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
