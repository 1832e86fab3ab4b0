import { expect, test } from "vitest";
import { compareWithItself } from "./compare-with-itself.ts";
import { renderSelfComparison } from "./render-self-comparison.ts";
import { sampleInput, samplePlan } from "./testing/documents.ts";
import { FAULTS, UNSCORED } from "./testing/faults.ts";
import { changeFirst, cutOff, liveInput, tried, untold } from "./testing/live.ts";

test("a faultless lane matches itself in all cells", () => {
  const self = compareWithItself(sampleInput(), "codex");
  expect(self).toMatchObject({ trialsPerHalf: 1, leftOut: 0, verdict: "matches", exitCode: 0 });
  expect(self.cells).toHaveLength(10);
  expect(renderSelfComparison(self)).toContain("the halves match in all 10 cells (exit 0)");
});

test.each([...FAULTS, ...UNSCORED])(
  "$name in one half never says that a half beats or loses",
  ({ dimension, apply }) => {
    const self = compareWithItself(changeFirst(sampleInput(), "codex", 1, apply), "codex");
    expect(new Set(self.cells.map(({ verdict }) => verdict))).toEqual(new Set(["matches", "inconclusive"]));
    expect(self).toMatchObject({ verdict: "inconclusive", exitCode: 5 });
    expect(self.cells.some((cell) => cell.dimension === dimension && cell.verdict === "inconclusive")).toBe(
      true,
    );
    expect(renderSelfComparison(self)).toContain("differ by noise alone");
  },
);

test.each([untold, tried, cutOff])(
  "misses of a rate in one half never beat: live they are doubt, scripted they are shown",
  (miss) => {
    for (const input of [sampleInput(), liveInput(6, 10)]) {
      let at = 0;
      const uneven = {
        ...input,
        trials: input.trials.map((trial) =>
          trial.lane === "codex" && (at += 1) % 2 === 1 ? miss(trial) : trial,
        ),
      };
      const live = input.plan.evidenceClass === "live";
      expect(compareWithItself(uneven, "codex").verdict).toBe(live ? "inconclusive" : "matches");
    }
  },
);

test("an odd trial is left out and said so; one trial, or no such lane, is no match", () => {
  expect(compareWithItself(sampleInput(samplePlan({ trialsPerCell: 3 })), "pi")).toMatchObject({
    trialsPerHalf: 1,
    leftOut: 1,
    exitCode: 0,
  });
  expect(compareWithItself(sampleInput(samplePlan({ trialsPerCell: 1 })), "pi").exitCode).toBe(5);
  expect(compareWithItself(sampleInput(), "absent").exitCode).toBe(5);
  const without = compareWithItself({ ...sampleInput(), trials: [] }, "pi");
  expect(without).toMatchObject({ cells: [], exitCode: 5 });
  expect(renderSelfComparison(without)).toContain("the lane has no trials for two halves");
});
