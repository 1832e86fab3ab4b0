import type { PlannedFixture, PlannedLane, TrialPlan } from "@stage6/evidence-interface";
import { sortedBy } from "./order.ts";
import type { TrialInput } from "./trial-input.ts";

/** One planned trial and what became of it; `contested` means that more than one trial claims the place. */
export interface Slot {
  readonly lane: PlannedLane;
  readonly fixture: PlannedFixture;
  readonly number: number;
  /** Id of the earlier plan that the trial was pooled from; null for the plan that is compared. */
  readonly earlier: string | null;
  readonly state: "valid" | "invalid" | "missing" | "contested";
  /** What was found; null when missing or contested, since then nothing can be believed. */
  readonly input: TrialInput | null;
}

/** The plan filled with the trials found, and the trials that have no place in it. */
export interface Arrangement {
  readonly slots: readonly Slot[];
  readonly extras: readonly TrialInput[];
}

/** Puts every trial in its place of the plan: the plan is the denominator, whatever was found. */
export function arrangeTrials(
  plan: TrialPlan,
  trials: readonly TrialInput[],
  earlier: string | null = null,
): Arrangement {
  const slots: Slot[] = [];
  const extras: TrialInput[] = trials.filter(({ state }) => state === "extra");
  const found = byPlace(
    trials.filter((trial) => trial.state !== "extra" && (trial.state !== "missing" || leftSomething(trial))),
  );
  for (const lane of sortedBy(plan.lanes, (one) => one.lane)) {
    if (lane.state === "blocked") continue;
    for (const fixture of sortedBy(plan.fixtures, (one) => one.id)) {
      for (let number = 1; number <= plan.trialsPerCell; number += 1) {
        const ref = trialRef(lane.lane, fixture.id, number);
        const here = found.get(ref) ?? [];
        found.delete(ref);
        const [input = null] = here;
        if (here.length > 1) extras.push(...here);
        slots.push({
          lane,
          fixture,
          number,
          earlier,
          state: stateOf(here),
          input: here.length > 1 ? null : input,
        });
      }
    }
  }
  for (const left of found.values()) extras.push(...left);
  return {
    slots,
    extras: sortedBy(
      extras,
      (one) => `${trialRef(one.lane, one.fixture, one.number)} ${one.bundleDigest ?? ""}`,
    ),
  };
}

/** A planned trial as text: `lane/fixture/nnn`, after the id of its plan when it was pooled from an earlier one. */
export function slotRef({ earlier, lane, fixture, number }: Slot): string {
  const ref = trialRef(lane.lane, fixture.id, number);
  return earlier === null ? ref : `${earlier}/${ref}`;
}

/** A trial as text: `lane/fixture/nnn`. */
export function trialRef(lane: string, fixture: string, number: number): string {
  return `${lane}/${fixture}/${String(number).padStart(3, "0")}`;
}

function byPlace(trials: readonly TrialInput[]): Map<string, TrialInput[]> {
  const found = new Map<string, TrialInput[]>();
  for (const trial of trials) {
    const ref = trialRef(trial.lane, trial.fixture, trial.number);
    const here = found.get(ref);
    if (here === undefined) found.set(ref, [trial]);
    else here.push(trial);
  }
  return found;
}

function stateOf(here: readonly TrialInput[]): Slot["state"] {
  const [input] = here;
  if (input === undefined) return "missing";
  if (here.length > 1) return "contested";
  const whole =
    input.report !== null &&
    input.observation !== null &&
    input.manifest !== null &&
    input.bundleDigest !== null;
  return input.state === "present" && input.findings.length === 0 && whole ? "valid" : "invalid";
}

function leftSomething({ findings, report, observation, manifest, bundleDigest }: TrialInput): boolean {
  return (
    findings.length > 0 ||
    report !== null ||
    observation !== null ||
    manifest !== null ||
    bundleDigest !== null
  );
}
