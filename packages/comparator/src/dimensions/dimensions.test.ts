import { expect, test } from "vitest";
import { compare } from "../compare.ts";
import { DIMENSIONS } from "../dimension.ts";
import { changeLane, sampleInput, withReport } from "../testing/documents.ts";
import { liveInput } from "../testing/live.ts";
import type { TrialInput } from "../trial-input.ts";
import { FAULTS, UNSCORED } from "../testing/faults.ts";

test("everything holds when no trial has a fault", () => {
  const comparison = compare(sampleInput());
  expect(comparison.exitCode).toBe(0);
  expect(comparison.standing).toBe("holds");
  expect(
    comparison.lanes
      .flatMap(({ dimensions }) => dimensions)
      .every(({ state, of }) => state === "holds" && of === 4),
  ).toBe(true);
});

test.each([...FAULTS, ...UNSCORED])(
  "$name breaks $dimension alone, with code $code",
  ({ dimension, code, apply }) => {
    const comparison = compare(changeLane(sampleInput(), "case", apply));
    expect(comparison.exitCode).toBe(1);
    expect(comparison.standing).toBe("lost");
    const checks = comparison.checks.filter(({ verdict }) => verdict !== "pass");
    expect(checks.map(({ id }) => id)).toEqual([`dimension.${dimension}`]);
    expect(checks[0]?.code).toBe(code);
    expect(checks[0]?.evidence[0]).toMatchObject({ trial: "case/add-flag/001", code });
  },
);

test.each(["class", "also"] as const)(
  "a process that outlived the trial breaks failure-closure when the closure alone names it, as %s",
  (place) => {
    const orphaned = changeLane(sampleInput(), "case", (trial) =>
      withReport(trial, (report) => ({
        outcome: "failed",
        closure: {
          ...report.closure,
          class: place === "class" ? "ORPHAN" : "TASK_FAILED",
          also: place === "also" ? ["ORPHAN"] : [],
          detectedBy: "process",
          processTreeEmpty: true,
        },
      })),
    );
    const failed = compare(orphaned).checks.filter(({ verdict }) => verdict !== "pass");
    expect(failed.map(({ id, code }) => `${id} ${code ?? ""}`)).toEqual(["dimension.failure-closure ORPHAN"]);
  },
);

test.each(FAULTS)("one candidate trial with $name is enough", ({ dimension, apply }) => {
  const input = sampleInput();
  const trials = input.trials.map((trial) =>
    trial.lane === "case" && trial.fixture === "fix-bug" && trial.number === 2 ? apply(trial) : trial,
  );
  const comparison = compare({ ...input, trials });
  expect(comparison.exitCode).toBe(1);
  expect(
    comparison.cells
      .filter(({ verdict }) => verdict === "worse")
      .map((cell) => `${cell.fixture} ${cell.dimension}`),
  ).toEqual(Array(3).fill(`fix-bug ${dimension}`));
});

test.each(FAULTS)("$name is no better because every lane has it", ({ dimension, code, apply }) => {
  const input = sampleInput();
  const comparison = compare({ ...input, trials: input.trials.map(apply) });
  expect(comparison.exitCode).toBe(1);
  expect(comparison.checks.find(({ id }) => id === `dimension.${dimension}`)?.code).toBe(code);
});

test.each(FAULTS)(
  "a baseline with $name is beaten in $dimension and matched elsewhere",
  ({ dimension, apply }) => {
    const comparison = compare(changeLane(sampleInput(), "pi", apply));
    expect(comparison.exitCode).toBe(0);
    for (const one of DIMENSIONS) {
      const verdicts = comparison.cells
        .filter((cell) => cell.baseline === "pi" && cell.dimension === one)
        .map(({ verdict }) => verdict);
      expect(new Set(verdicts)).toEqual(new Set([one === dimension ? "beats" : "matches"]));
    }
  },
);

test.each(UNSCORED)("a baseline with $name is no yardstick", ({ apply }) => {
  const comparison = compare(changeLane(sampleInput(), "codex", apply));
  expect(comparison.exitCode).toBe(5);
  expect(
    comparison.cells
      .filter(({ baseline }) => baseline === "codex")
      .every(({ verdict, code }) => verdict === "inconclusive" && code === "BASELINE_NOT_SCORED"),
  ).toBe(true);
});

test("a failed task is a proper end, and so is a limit that was recorded", () => {
  const failed = changeLane(sampleInput(), "case", (trial) =>
    withReport(trial, (report) => ({
      outcome: "failed",
      oracle: { state: "failed", exitCode: 1 },
      closure: { ...report.closure, class: "CLAIM_CONTRADICTED", detectedBy: "oracle" },
    })),
  );
  expect(compare(failed).exitCode).toBe(0);
  const cut = (trial: TrialInput) =>
    withReport(trial, (report) => ({
      outcome: "timed-out",
      closure: {
        ...report.closure,
        class: "TIMEOUT_TOTAL",
        also: ["STREAM_INCOMPLETE", "TASK_FAILED"],
        detectedBy: "process",
        withinDeadline: false,
      },
      claims: { ...report.claims, toolsUnclosed: 1 },
    }));
  const all = sampleInput();
  expect(compare({ ...all, trials: all.trials.map(cut) }).exitCode).toBe(0);
  expect(compare(changeLane(all, "case", cut)).exitCode).toBe(0);
  const live = compare(changeLane(liveInput(), "case", cut)).cells.filter(
    ({ verdict }) => verdict === "worse",
  );
  expect(new Set(live.map(({ baseline, code }) => `${baseline} ${code ?? ""}`))).toEqual(
    new Set(["codex RATE_LOWER", "pi RATE_LOWER"]),
  );
});
