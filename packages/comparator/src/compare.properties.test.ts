import { checkDocument } from "@stage6/evidence-interface";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, type CompareInput } from "./compare.ts";
import { Comparison } from "./comparison.ts";
import {
  blockedLane,
  digestOf,
  plannedLane,
  sampleInput,
  samplePlan,
  withoutUsage,
  withReport,
} from "./testing/documents.ts";
import { cutOff, tried, untold } from "./testing/live.ts";
import { FAULTS, UNSCORED } from "./testing/faults.ts";
import type { TrialInput } from "./trial-input.ts";
import { exitCodeOf } from "./verdict.ts";

type Change = (trial: TrialInput) => TrialInput;

/** Hundreds of cases here; STAGE6_PROPERTY_RUNS asks for thousands. */
const RUNS = { numRuns: Number(process.env["STAGE6_PROPERTY_RUNS"] ?? 400) };
const SLOW = { timeout: 60_000 + RUNS.numRuns * 100 };
const LANES = ["case", "codex", "fake", "pi"];
const spoilt: Change = (trial) => ({
  ...trial,
  findings: [{ code: "DIGEST_MISMATCH", rule: "sha256", file: "artifacts/stdout" }],
});
const apart: Change = (trial) => withReport(trial, () => ({ policyDigest: digestOf("other") }));
const fault = fc.constantFrom(...FAULTS).map(({ apply }): Change => apply);
const damage = fc.oneof(
  { weight: 6, arbitrary: fault },
  { weight: 1, arbitrary: fc.constantFrom(spoilt, apart, ...UNSCORED.map(({ apply }) => apply)) },
);

/** Inputs of every sort: lanes blocked or left out, trials missing, and some trials damaged. */
const input: fc.Arbitrary<CompareInput> = fc
  .record({
    candidate: fc.constantFrom("case", "case", "case", "codex"),
    states: fc.tuple(
      ...LANES.map(() =>
        fc.constantFrom("planned", "planned", "planned", "planned", "planned", "blocked", "omitted"),
      ),
    ),
    damages: fc.array(fc.tuple(fc.nat(), damage), { maxLength: 3 }),
    gone: fc.array(fc.nat({ max: 40 }), { maxLength: 1 }),
  })
  .map(({ candidate, states, damages, gone }) => {
    const lanes = LANES.flatMap((lane, at) =>
      states[at] === "omitted" && at > 0
        ? []
        : [states[at] === "blocked" ? blockedLane(lane) : plannedLane(lane)],
    );
    const whole = sampleInput(samplePlan({ candidate, lanes }));
    let trials = whole.trials;
    for (const [at, change] of damages) trials = changeAt(trials, at, change);
    return { ...whole, trials: trials.filter((_, at) => !gone.includes(at)) };
  });

const passes = (one: CompareInput): boolean => compare(one).exitCode === 0;

test("the arbitrary inputs reach every verdict", SLOW, () => {
  const seen = new Set(fc.sample(input, { numRuns: 400, seed: 7 }).map((one) => compare(one).exitCode));
  expect(seen).toEqual(new Set([0, 1, 3, 4, 5]));
});

test("making the candidate worse is refused, whatever it was before", SLOW, () => {
  fc.assert(
    fc.property(input, fc.nat(), damage, (before, at, change) => {
      const own = before.trials.filter(({ lane }) => lane === before.plan.candidate);
      fc.pre(own.length > 0);
      const victim = own[at % own.length];
      const trials = before.trials.map((trial) => (trial === victim ? change(trial) : trial));
      expect(passes({ ...before, trials })).toBe(false);
    }),
    RUNS,
  );
});

test("making a baseline better never turns a refusal into a pass", SLOW, () => {
  fc.assert(
    fc.property(
      input,
      fc.array(fc.tuple(fc.nat(), fault), { minLength: 1, maxLength: 3 }),
      (better, faults) => {
        const { candidate } = better.plan;
        let worse = better.trials;
        for (const [at, change] of faults)
          worse = changeAt(worse, at, (trial) => (trial.lane === candidate ? trial : change(trial)));
        const before = compare({ ...better, trials: worse });
        if (before.exitCode !== 0) expect(passes(better)).toBe(false);
        else expect(before.cells.every(({ verdict }) => verdict !== "worse")).toBe(true);
      },
    ),
    RUNS,
  );
});

/** A trial that ended by itself, cut off; a damaged end stays as it is, since a recorded limit would excuse it. */
const cut: Change = (trial) => {
  const { outcome, closure, claims } = trial.report ?? {};
  const sound =
    outcome === "completed" &&
    closure?.class === "NONE" &&
    closure.also.length === 0 &&
    closure.withinDeadline &&
    claims?.toolsUnclosed === 0;
  return sound ? cutOff(trial) : trial;
};
const lessOf = fc.constantFrom<Change>(
  untold,
  tried,
  cut,
  withoutUsage,
  (trial) =>
    withReport(trial, () => ({
      lane: { adapterVersion: "0.0.0", backendVersion: null, backendSha256: null },
    })),
  (trial) => ({ ...trial, eventTypes: trial.eventTypes.slice(1) }),
  (trial) => ({ ...trial, eventTypes: [] }),
);

test(
  "a kind or a hit less of the candidate, or one more of a baseline, never turns a refusal into a pass",
  SLOW,
  () => {
    expect(passes(sampleInput())).toBe(true);
    fc.assert(
      fc.property(
        input,
        fc.array(fc.tuple(fc.nat(), lessOf), { maxLength: 3 }),
        fc.nat(),
        lessOf,
        (whole, losses, at, change) => {
          const before = {
            ...whole,
            trials: losses.reduce((trials, [place, loss]) => changeAt(trials, place, loss), whole.trials),
          };
          fc.pre(before.trials.length > 0);
          const own = before.trials[at % before.trials.length]?.lane === whole.plan.candidate;
          const after = { ...before, trials: changeAt(before.trials, at, change) };
          const [worse, better] = own ? [after, before] : [before, after];
          expect(passes(worse) && !passes(better)).toBe(false);
        },
      ),
      RUNS,
    );
  },
);

test(
  "no hit or miss of a rate changes a verdict of scripted evidence, and none of it is live evidence",
  SLOW,
  () => {
    let passed = 0;
    fc.assert(
      fc.property(
        input,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom<Change>(untold, tried, cut)), {
          minLength: 1,
          maxLength: 12,
        }),
        (before, misses) => {
          const trials = misses.reduce((all, [at, miss]) => changeAt(all, at, miss), before.trials);
          const [first, second] = [compare(before), compare({ ...before, trials })];
          const verdicts = ({ cells, checks, exitCode, standing }: Comparison) => ({
            cells: cells.map(({ verdict, code }) => [verdict, code]),
            checks: checks.map(({ verdict, code }) => [verdict, code]),
            exitCode,
            standing,
          });
          expect(verdicts(second)).toEqual(verdicts(first));
          const rates = second.cells.flatMap(({ components }) =>
            components.filter(({ kind }) => kind === "rate"),
          );
          expect(rates.every(({ verdict, rate }) => verdict === "shown" && rate?.basis === "scripted")).toBe(
            true,
          );
          expect(
            first.checks.every(({ code }) => code !== "RATE_INCONCLUSIVE" && code !== "RATE_LOWER"),
          ).toBe(true);
          // What passed is a rehearsal: the same trials called live do not pass.
          passed += first.exitCode === 0 ? 1 : 0;
          expect(first.evidenceClass).toBe("scripted");
          expect(passes({ ...before, plan: { ...before.plan, evidenceClass: "live" } })).toBe(false);
        },
      ),
      RUNS,
    );
    expect(passed).toBeGreaterThan(0);
  },
);

test("the order of trials, lanes and fixtures changes no byte", SLOW, () => {
  const shuffled = input.chain((one) =>
    fc.record({
      one: fc.constant(one),
      trials: fc.shuffledSubarray([...one.trials, ...one.trials.slice(0, 1)], {
        minLength: one.trials.length + Math.min(1, one.trials.length),
      }),
      lanes: fc.shuffledSubarray(one.plan.lanes, { minLength: one.plan.lanes.length }),
      fixtures: fc.shuffledSubarray(one.plan.fixtures, { minLength: one.plan.fixtures.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ one, trials, lanes, fixtures }) => {
      const straight = compare({ ...one, trials: [...one.trials, ...one.trials.slice(0, 1)] });
      expect(JSON.stringify(compare({ ...one, trials, plan: { ...one.plan, lanes, fixtures } }))).toBe(
        JSON.stringify(straight),
      );
    }),
    RUNS,
  );
});

test("leaving out any trial never passes, and shows", SLOW, () => {
  fc.assert(
    fc.property(input, fc.nat(), (one, at) => {
      fc.pre(one.trials.length > 0);
      const left = compare({ ...one, trials: one.trials.toSpliced(at % one.trials.length, 1) });
      expect(left.exitCode).not.toBe(0);
      expect(left.lanes.some(({ trials }) => trials.present < trials.planned)).toBe(true);
      expect(left.checks.find(({ id }) => id === "trials-complete")?.code).toBe("MISSING_TRIAL");
    }),
    RUNS,
  );
});

test(
  "whatever a backend claims, as long as it claims something, and no task success, changes a verdict",
  SLOW,
  () => {
    const said = fc.record({
      finalMessage: fc.option(fc.string()),
      messages: fc.nat(),
      toolCalls: fc.integer({ min: 1, max: 99 }),
      toolFailures: fc.nat(),
      toolsUnreported: fc.nat(),
      unrecognizedRecords: fc.nat(),
      changedPaths: fc.array(fc.string()).map((lies) => ["src/a.ts", ...lies]),
    });
    const word = fc.record({
      claims: said,
      agentOutcome: fc.constantFrom("completed" as const, "failed" as const, "aborted" as const),
      oracle: fc.record({
        state: fc.constantFrom("passed" as const, "failed" as const, "error" as const, "not-run" as const),
        exitCode: fc.option(fc.nat()),
      }),
      usage: fc.record({ inputTokens: fc.nat(), cachedInputTokens: fc.nat(), outputTokens: fc.nat() }),
      processExit: fc.option(fc.record({ code: fc.option(fc.nat()), signal: fc.option(fc.string()) })),
    });
    fc.assert(
      fc.property(input, fc.array(word, { minLength: 1, maxLength: 4 }), (one, words) => {
        const trials = one.trials.map((trial, at) =>
          withReport(trial, (report) => {
            const said = words[at % words.length];
            if (said === undefined) return {};
            const { claims, usage, ...rest } = said;
            return {
              ...rest,
              usage: report.usage === null ? null : usage,
              claims: { ...report.claims, ...claims },
            };
          }),
        );
        const { lanes, ...verdicts } = compare(one);
        const { lanes: otherLanes, ...otherVerdicts } = compare({ ...one, trials });
        expect(otherVerdicts).toEqual(verdicts);
        expect(otherLanes.map(({ dimensions }) => dimensions)).toEqual(
          lanes.map(({ dimensions }) => dimensions),
        );
      }),
      RUNS,
    );
  },
);

test("every comparison fits its schema, is the same twice, and has the verdict of its checks", SLOW, () => {
  fc.assert(
    fc.property(input, (one) => {
      const comparison = compare(one);
      const text = JSON.stringify(comparison);
      expect(JSON.stringify(compare(one))).toBe(text);
      expect(checkDocument(Comparison, JSON.parse(text), "comparison.json").findings).toEqual([]);
      expect(exitCodeOf(comparison.checks)).toBe(comparison.exitCode);
      expect(comparison.checks.map(({ id }) => id)).toEqual(comparison.checks.map(({ id }) => id).toSorted());
      expect(comparison.checks).toHaveLength(18);
    }),
    RUNS,
  );
});

function changeAt(trials: readonly TrialInput[], at: number, change: Change): readonly TrialInput[] {
  const index = trials.length === 0 ? -1 : at % trials.length;
  return trials.map((trial, here) => (here === index ? change(trial) : trial));
}
