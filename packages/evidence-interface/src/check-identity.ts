import type { Finding } from "./finding.ts";
import type { TrialRef } from "./primitives.ts";

/** A file with the trial, or the attempt, that it names; null and undefined when it could not be read. */
export type Named<T> = readonly [file: string, named: T | null | undefined];

/** True when both name the same trial. */
export function sameTrial(a: TrialRef, b: TrialRef): boolean {
  return a.planId === b.planId && a.lane === b.lane && a.fixture === b.fixture && a.number === b.number;
}

/** A trial as `plan/lane/fixture/number`. */
export function trialText(trial: TrialRef): string {
  return `${trial.planId}/${trial.lane}/${trial.fixture}/${trial.number}`;
}

/** Whether every document names the expected trial; null expects nothing. */
export function checkTrials(
  expected: TrialRef | null,
  trials: readonly Named<TrialRef>[],
): readonly Finding[] {
  if (expected === null) return [];
  return trials.flatMap(([file, trial]): readonly Finding[] =>
    trial === null || trial === undefined || sameTrial(trial, expected)
      ? []
      : [
          {
            code: "TRIAL_MISMATCH",
            rule: "identity",
            file,
            found: trialText(trial),
            expected: trialText(expected),
          },
        ],
  );
}

/** Whether every document names the attempt that the log names; undefined when the log names none. */
export function checkAttempts(
  expected: string | undefined,
  attempts: readonly Named<string>[],
): readonly Finding[] {
  if (expected === undefined) return [];
  return attempts.flatMap(([file, attempt]): readonly Finding[] =>
    attempt === null || attempt === undefined || attempt === expected
      ? []
      : [{ code: "TRIAL_MISMATCH", rule: "attempt", file, found: attempt, expected }],
  );
}
