import type { CompareInput } from "../compare.ts";
import { DEFAULT_POLICY } from "../policy.ts";
import type { TrialInput } from "../trial-input.ts";
import { plannedFixture, plannedLane, sampleInput, samplePlan, withReport } from "./documents.ts";

/** A comparison of live evidence at the floors: 6 fixtures by 5 trials, in which everything holds. */
export function liveInput(
  fixtures = 6,
  trialsPerCell = 5,
  lanes: readonly string[] = ["case", "codex", "fake", "pi"],
): CompareInput {
  const plan = samplePlan({
    evidenceClass: "live",
    modelClass: "live",
    trialsPerCell,
    fixtures: Array.from({ length: fixtures }, (_, at) => plannedFixture(`fixture-${at}`)),
    lanes: lanes.map((lane) => {
      const planned = plannedLane(lane);
      return lane === "fake"
        ? planned
        : { ...planned, model: { class: "live", provider: "openai", id: "gpt" } };
    }),
  });
  return { ...sampleInput(plan), policy: { ...DEFAULT_POLICY, trialsPerCell: { scripted: 3, live: 5 } } };
}

/** Makes a trial a miss in the rate of closures by the lane itself, and in nothing else. */
export const cutOff = (trial: TrialInput): TrialInput =>
  withReport(trial, (report) => ({
    outcome: "timed-out",
    closure: {
      ...report.closure,
      class: "TIMEOUT_TOTAL",
      also: [],
      detectedBy: "process",
      withinDeadline: false,
    },
  }));

/** Makes a trial a miss in the rate of trials without a forbidden attempt. */
export const tried = (trial: TrialInput): TrialInput =>
  withReport(trial, ({ boundary }) => ({ boundary: { ...boundary, attempted: ["push"] } }));

/** Makes a trial a miss in the rate of explained changes and exits. */
export const untold = (trial: TrialInput): TrialInput =>
  withReport(trial, () => ({ agentOutcome: "unknown" }));

/** The first `count` trials of a lane changed. */
export function changeFirst(
  input: CompareInput,
  lane: string,
  count: number,
  change: (trial: TrialInput) => TrialInput,
): CompareInput {
  const chosen = new Set(input.trials.filter((trial) => trial.lane === lane).slice(0, count));
  return { ...input, trials: input.trials.map((trial) => (chosen.has(trial) ? change(trial) : trial)) };
}
