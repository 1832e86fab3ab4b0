import { expect, test } from "vitest";
import { compare, type CompareInput } from "../compare.ts";
import type { CellComponent, Comparison } from "../comparison.ts";
import { changeLane, sampleInput, withObservation, withoutUsage, withReport } from "../testing/documents.ts";
import { changeFirst } from "../testing/live.ts";
import type { TrialInput } from "../trial-input.ts";

const withSession = (trial: TrialInput): TrialInput =>
  trial.manifest === null
    ? trial
    : {
        ...trial,
        manifest: {
          ...trial.manifest,
          files: trial.manifest.files.flatMap((file) =>
            file.role === "stdout"
              ? [file, { ...file, path: "artifacts/session.raw", role: "session" as const }]
              : [file],
          ),
        },
      };
const without =
  (...types: TrialInput["eventTypes"]) =>
  (trial: TrialInput): TrialInput => ({
    ...trial,
    eventTypes: trial.eventTypes.filter((type) => !types.includes(type)),
  });
const sets = ({ cells }: Comparison, baseline: string): CellComponent[] =>
  cells
    .filter((cell) => cell.baseline === baseline && cell.fixture === "add-flag")
    .flatMap(({ components }) => components.filter(({ kind }) => kind === "set"));
const verdicts = (input: CompareInput, baseline = "codex"): string[] =>
  sets(compare(input), baseline).map(({ component, verdict }) => `${component} ${verdict}`);

test("equal kinds match, a missing one is worse, one more beats", () => {
  expect(verdicts(sampleInput())).toEqual([
    "sections-filled matches",
    "event-kinds matches",
    "optional-artifacts matches",
  ]);
  expect(verdicts(changeLane(sampleInput(), "case", withoutUsage))).toEqual([
    "sections-filled worse",
    "event-kinds matches",
    "optional-artifacts matches",
  ]);
  expect(verdicts(changeLane(sampleInput(), "case", withSession))).toEqual([
    "sections-filled matches",
    "event-kinds matches",
    "optional-artifacts beats",
  ]);
});

test("a kind that one trial of the candidate lacks is missing, and the trial is named", () => {
  const comparison = compare(changeFirst(sampleInput(), "case", 1, withoutUsage));
  expect(comparison.exitCode).toBe(1);
  const [section] = sets(comparison, "codex");
  expect(section).toMatchObject({
    verdict: "worse",
    candidateViolations: 1,
    kinds: { missing: ["report:usage-observed"] },
  });
  expect(section?.evidence[0]).toMatchObject({ trial: "case/add-flag/001", code: "KINDS_MISSING" });
  expect(comparison.checks.find(({ id }) => id === "dimension.report-shape")?.code).toBe("KINDS_MISSING");
});

test("what a backend says of its token counts, or leaves unsaid, decides nothing", () => {
  const silent = changeLane(sampleInput(), "case", (trial) => ({
    ...withReport(trial, () => ({ usage: null })),
    eventTypes: trial.eventTypes.filter((type) => type !== "usage.claimed"),
  }));
  const boasting = changeLane(sampleInput(), "case", (trial) =>
    withReport(trial, () => ({ usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 } })),
  );
  const expected = compare(sampleInput());
  expect(compare(silent)).toMatchObject({ exitCode: 0, cells: expected.cells });
  expect(compare(boasting)).toMatchObject({ exitCode: 0, cells: expected.cells });
});

test("talk of token counts is no substitute for those that the gateway saw", () => {
  const talk = changeLane(sampleInput(), "case", (trial) => ({
    ...withReport(withoutUsage(trial), () => ({
      usage: { inputTokens: 100, cachedInputTokens: 0, outputTokens: 20 },
    })),
    eventTypes: [...new Set([...trial.eventTypes, "usage.claimed" as const])],
  }));
  expect(verdicts(talk)[0]).toBe("sections-filled worse");
});

test("a kind that one trial of the baseline lacks is not asked for", () => {
  const one = changeFirst(changeLane(sampleInput(), "case", withoutUsage), "codex", 1, withoutUsage);
  expect(verdicts(one)[0]).toBe("sections-filled matches");
  expect(verdicts(one, "pi")[0]).toBe("sections-filled worse");
});

test("more of one kind does not make up for the lack of another", () => {
  const traded = changeLane(sampleInput(), "case", (trial) => withSession(withoutUsage(trial)));
  expect(compare(traded).exitCode).toBe(1);
});

test("fake asks for nothing that needs a model, is not beaten by it, and asks for the rest", () => {
  expect(
    verdicts(
      changeLane(sampleInput(), "case", (trial) => withSession(withoutUsage(trial))),
      "fake",
    ),
  ).toEqual(["sections-filled matches", "event-kinds matches", "optional-artifacts matches"]);
  const [, events] = sets(compare(sampleInput()), "fake");
  expect(events?.kinds?.notCompared).toEqual([
    "event:change.claimed",
    "event:model.answered",
    "event:model.requested",
    "event:session.started",
  ]);
  expect(verdicts(changeLane(sampleInput(), "case", without("agent.messaged")), "fake")[1]).toBe(
    "event-kinds worse",
  );
});

test("a trial in which no file changed owes no claim of a change", () => {
  const idle = (trial: TrialInput): TrialInput =>
    without("change.claimed")(
      withObservation(
        withReport(trial, ({ boundary, claims, closure }) => ({
          boundary: { ...boundary, allowedChanges: 0 },
          claims: { ...claims, changedPaths: [] },
          closure: { ...closure, workspace: "unchanged" },
        })),
        ({ workspace }) => ({ workspace: { ...workspace, changes: [] } }),
      ),
    );
  expect(compare(changeLane(sampleInput(), "case", idle)).exitCode).toBe(0);
  expect(verdicts(changeLane(sampleInput(), "codex", idle))).toEqual([
    "sections-filled matches",
    "event-kinds matches",
    "optional-artifacts matches",
  ]);
  expect(verdicts(changeLane(sampleInput(), "case", without("change.claimed")))[1]).toBe("event-kinds worse");
});
