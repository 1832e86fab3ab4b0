import type { Report } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { compare } from "./compare.ts";
import {
  changeLane,
  digestOf,
  plannedLane,
  sampleInput,
  samplePlan,
  withObservation,
  withReport,
} from "./testing/documents.ts";

const KEYS: readonly (readonly [key: string, code: string, change: (report: Report) => Partial<Report>])[] = [
  [
    "fixture",
    "NOT_COMPARABLE_FIXTURE",
    ({ fixture }) => ({ fixture: { ...fixture, digest: digestOf("other") } }),
  ],
  ["base", "NOT_COMPARABLE_BASE", ({ fixture }) => ({ fixture: { ...fixture, baseCommit: "f".repeat(40) } })],
  [
    "task",
    "NOT_COMPARABLE_TASK",
    ({ fixture }) => ({ fixture: { ...fixture, taskDigest: digestOf("other") } }),
  ],
  ["policy", "NOT_COMPARABLE_POLICY", () => ({ policyDigest: digestOf("other") })],
  ["limits", "NOT_COMPARABLE_LIMITS", ({ limits }) => ({ limits: { ...limits, modelRequests: 7 } })],
  ["limits", "NOT_COMPARABLE_LIMITS", ({ limits }) => ({ limits: { ...limits, memoryBytes: 7 } })],
  [
    "model",
    "NOT_COMPARABLE_MODEL",
    ({ model }) => ({ model: { ...model, planned: { ...model.planned, class: "live" } } }),
  ],
  [
    "model",
    "NOT_COMPARABLE_MODEL",
    ({ model }) => ({ model: { ...model, planned: { ...model.planned, provider: "other" } } }),
  ],
  [
    "model",
    "NOT_COMPARABLE_MODEL",
    ({ model }) => ({ model: { ...model, planned: { ...model.planned, id: "other" } } }),
  ],
  [
    "model",
    "NOT_COMPARABLE_MODEL",
    ({ closure, model }) => ({
      closure: { ...closure, class: "MODEL_MISMATCH", detectedBy: "gateway" },
      outcome: "failed",
      model: { ...model, observed: ["other"] },
    }),
  ],
  ["harness", "NOT_COMPARABLE_HARNESS", () => ({ harness: { name: "other", version: "0.0.0" } })],
  ["harness", "NOT_COMPARABLE_HARNESS", () => ({ harness: { name: "stage6", version: "0.0.1" } })],
  ["schema", "NOT_COMPARABLE_SCHEMA", () => ({ schemaVersion: "2.0" })],
  ["bounds", "NOT_COMPARABLE_SANDBOX", () => ({ bounds: { tier: "strict", reason: "" } })],
];

for (const side of ["case", "codex"]) {
  test.each(KEYS)(`${side} with another %s is exit 4 with %s, both values named`, (key, code, change) => {
    const comparison = compare(changeLane(sampleInput(), side, (trial) => withReport(trial, change)));
    expect(comparison.exitCode).toBe(4);
    expect(comparison.verdict).toBe("not-comparable");
    const check = comparison.checks.find(({ id }) => id === "comparable");
    expect(check?.code).toBe(code);
    const cell = comparison.cells.find(
      ({ verdict, baseline }) => verdict === "not-comparable" && baseline === "codex",
    );
    expect(cell?.code).toBe(code);
    expect(cell?.differences).toHaveLength(1);
    const [difference] = cell?.differences ?? [];
    expect(difference?.key).toBe(key);
    expect(difference?.candidate).not.toBe(difference?.baseline);
    expect(difference?.planned).toBe(side === "case" ? difference?.baseline : difference?.candidate);
    for (const value of [difference?.candidate, difference?.baseline])
      expect(check?.message).toContain(value);
  });
}

test("one trial that differs is enough, and all its values are shown", () => {
  const input = sampleInput();
  const trials = input.trials.map((trial, at) =>
    at === 0 ? withReport(trial, () => ({ harness: { name: "stage6", version: "9" } })) : trial,
  );
  const [difference] = compare({ ...input, trials }).cells.flatMap(({ differences }) => differences);
  expect(difference).toEqual({
    key: "harness",
    candidate: "stage6 0.0.0 | stage6 9",
    baseline: "stage6 0.0.0",
    planned: "stage6 0.0.0",
  });
});

test("both sides alike but unlike the plan are not comparable", () => {
  const input = sampleInput();
  const trials = input.trials.map((trial) =>
    withReport(
      withObservation(trial, ({ bounds }) => ({ bounds: { ...bounds, tier: "strict" } })),
      ({ bounds }) => ({ bounds: { ...bounds, tier: "strict" } }),
    ),
  );
  const comparison = compare({ ...input, trials });
  expect(comparison.exitCode).toBe(4);
  expect(comparison.cells[0]?.differences).toEqual([
    { key: "bounds", candidate: "strict", baseline: "strict", planned: "default" },
  ]);
});

test("fake, which has no model, is exempt from the model key and from no other", () => {
  const lanes = ["case", "codex", "fake", "pi"].map(plannedLane);
  const comparison = compare(sampleInput(samplePlan({ lanes })));
  expect(
    comparison.cells
      .filter(({ baseline }) => baseline === "fake")
      .every(({ verdict }) => verdict === "matches"),
  ).toBe(true);
  const other = compare(
    changeLane(sampleInput(), "fake", (trial) =>
      withReport(trial, () => ({ policyDigest: digestOf("other") })),
    ),
  );
  expect(other.exitCode).toBe(4);
});

test("lanes planned with different models are not comparable", () => {
  const lanes = ["case", "codex", "fake", "pi"]
    .map(plannedLane)
    .map((lane) =>
      lane.lane === "pi"
        ? { ...lane, model: { class: "scripted" as const, provider: "scripted", id: "scripted-2" } }
        : lane,
    );
  const comparison = compare(sampleInput(samplePlan({ lanes })));
  expect(comparison.exitCode).toBe(4);
  expect(
    comparison.cells
      .filter(({ verdict }) => verdict === "not-comparable")
      .every(({ baseline }) => baseline === "pi"),
  ).toBe(true);
});
