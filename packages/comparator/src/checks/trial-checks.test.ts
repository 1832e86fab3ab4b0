import { expect, it } from "vitest";
import { compare, type CompareInput } from "../compare.ts";
import { sampleInput, withReport } from "../testing/documents.ts";
import { changeFirst, liveInput } from "../testing/live.ts";

const codeOf = (input: CompareInput, id: string): string | null | undefined =>
  compare(input).checks.find((check) => check.id === id)?.code;
const startedAt = (at: string) => (trial: CompareInput["trials"][number]) =>
  withReport(trial, ({ timing }) => ({ timing: { ...timing, startedAt: at } }));

it.each([
  ["half a year", "2025-07-01T00:00:00.000Z"],
  ["a millisecond", "2025-12-31T23:59:59.999Z"],
])("R8: a trial that began %s before its plan was made is refused (TRIAL_TOO_EARLY)", (_, at) => {
  for (const lane of ["case", "pi"]) {
    const input = changeFirst(liveInput(), lane, 1, startedAt(at));
    expect(codeOf(input, "trials-in-order")).toBe("TRIAL_TOO_EARLY");
    expect(compare(input).exitCode).toBe(1);
  }
});

it("R8: trials that ran before a plan that was dated ahead are refused (TRIAL_TOO_EARLY)", () => {
  const input = sampleInput();
  const ahead = { ...input, plan: { ...input.plan, createdAt: "2030-01-01T00:00:00.000Z" } };
  expect(codeOf(ahead, "trials-in-order")).toBe("TRIAL_TOO_EARLY");
});

it("a trial may begin in the instant in which its plan was made", () => {
  const input = changeFirst(liveInput(), "case", 1, startedAt("2026-01-01T00:00:00.000Z"));
  expect(codeOf(input, "trials-in-order")).toBeNull();
});

it.each([
  ["one task on one commit under six ids", 1],
  ["five different fixtures and one of them again", 5],
])("R19: %s is not enough where the policy asks for six fixtures (FIXTURES_ALIKE)", (_, different) => {
  const input = liveInput();
  const fixtures = input.plan.fixtures.map((fixture, at) => {
    const { taskDigest, baseCommit } = input.plan.fixtures[at % different] ?? fixture;
    return { ...fixture, taskDigest, baseCommit };
  });
  expect(codeOf({ ...input, plan: { ...input.plan, fixtures } }, "trials-sufficient")).toBe("FIXTURES_ALIKE");
});

it("one task on six commits, and six tasks on one commit, are six fixtures", () => {
  const input = liveInput();
  const [first] = input.plan.fixtures;
  for (const key of ["taskDigest", "baseCommit"] as const) {
    const fixtures = input.plan.fixtures.map((fixture) => ({ ...fixture, [key]: first?.[key] ?? "" }));
    expect(codeOf({ ...input, plan: { ...input.plan, fixtures } }, "trials-sufficient")).toBeNull();
  }
});
