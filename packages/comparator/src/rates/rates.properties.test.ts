import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, type CompareInput } from "../compare.ts";
import { cutOff, liveInput, tried, untold } from "../testing/live.ts";
import type { TrialInput } from "../trial-input.ts";

const live = fc
  .array(
    fc.record({
      lane: fc.constantFrom("case", "codex", "pi"),
      at: fc.nat({ max: 47 }),
      miss: fc.constantFrom(untold, tried, cutOff),
    }),
    { maxLength: 4 },
  )
  .map((misses) => misses.reduce(missAt, liveInput(8, 6, ["case", "codex", "fake", "pi"])));

function missAt(
  input: CompareInput,
  { lane, at, miss }: { lane: string; at: number; miss: (trial: TrialInput) => TrialInput },
): CompareInput {
  const own = input.trials.filter((trial) => trial.lane === lane);
  const victim = own[at % own.length];
  return { ...input, trials: input.trials.map((trial) => (trial === victim ? miss(trial) : trial)) };
}

test("with live evidence, a further miss of the candidate never turns a refusal into a pass, nor one less of a baseline", () => {
  let passed = 0;
  fc.assert(
    fc.property(
      live,
      fc.constantFrom("case", "codex", "pi"),
      fc.nat({ max: 47 }),
      fc.constantFrom(untold, tried, cutOff),
      (input, lane, at, miss) => {
        const before = compare(input).exitCode === 0;
        const after = compare(missAt(input, { lane, at, miss })).exitCode === 0;
        passed += before ? 1 : 0;
        if (lane === "case" && !before) expect(after).toBe(false);
        // A baseline's miss may only help the candidate: taking it back is making the baseline better.
        if (lane !== "case" && !after) expect(before).toBe(false);
      },
    ),
    { numRuns: 60, seed: 11 },
  );
  expect(passed).toBeGreaterThan(5);
});
