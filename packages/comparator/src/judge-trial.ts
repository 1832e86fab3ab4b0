import { MAX_EVIDENCE, type Evidence } from "./comparison.ts";
import type { Dimension } from "./dimension.ts";
import { allowedPaths } from "./dimensions/allowed-paths.ts";
import { artifactCompleteness } from "./dimensions/artifact-completeness.ts";
import { eventValidity } from "./dimensions/event-validity.ts";
import { failureClosure } from "./dimensions/failure-closure.ts";
import { reportShape } from "./dimensions/report-shape.ts";
import { slotEvidence } from "./evidence.ts";
import { kindsOf } from "./kind.ts";
import { RATES, type TrialRate } from "./rates/trial-rates.ts";
import type { DimensionRules, Frame } from "./rule.ts";
import type { Slot } from "./trial-slots.ts";

const RULES: Readonly<Record<Dimension, DimensionRules>> = {
  "report-shape": reportShape,
  "event-validity": eventValidity,
  "allowed-paths": allowedPaths,
  "failure-closure": failureClosure,
  "artifact-completeness": artifactCompleteness,
};

/** Component that every dimension begins with: the planned trial is there, once. */
const TRIAL_PRESENT = "trial-present";

/** What one component found in one trial: how many violations, and the first of them. */
export interface Judgement {
  readonly total: number;
  readonly evidence: readonly Evidence[];
}

/** One planned trial with the judgement of every component of every dimension. */
export interface JudgedSlot {
  readonly slot: Slot;
  /** The plan that the trial belongs to, with what goes with it. */
  readonly frame: Frame;
  /** Kinds of evidence that the trial left. */
  readonly kinds: ReadonlySet<string>;
  /** Whether a file changed inside the allowed paths. */
  readonly changed: boolean;
  /** How the trial counts in each rate; a rate that is not there is a miss. */
  readonly rates: ReadonlyMap<string, TrialRate>;
  readonly dimensions: Readonly<Record<Dimension, ReadonlyMap<string, Judgement>>>;
}

/** Names of the invariants of a dimension, in the order in which they are shown. */
export function invariantNames(dimension: Dimension): readonly string[] {
  return [TRIAL_PRESENT, ...RULES[dimension].components.map(({ name }) => name)];
}

/** Holds one planned trial to every rule of the five dimensions. */
export function judgeTrial(slot: Slot, frame: Frame): JudgedSlot {
  const judge = (dimension: Dimension): ReadonlyMap<string, Judgement> =>
    judgeDimension(slot, dimension, frame);
  const { input } = slot;
  return {
    slot,
    frame,
    kinds: input === null ? new Set() : kindsOf(input),
    changed: (input?.report?.boundary.allowedChanges ?? 0) > 0,
    rates: new Map(input === null ? [] : RATES.map(({ component, count }) => [component, count(input)])),
    dimensions: {
      "report-shape": judge("report-shape"),
      "event-validity": judge("event-validity"),
      "allowed-paths": judge("allowed-paths"),
      "failure-closure": judge("failure-closure"),
      "artifact-completeness": judge("artifact-completeness"),
    },
  };
}

/** Whether a trial breaks any component of a dimension. */
export function violates(judged: JudgedSlot, dimension: Dimension): boolean {
  return [...judged.dimensions[dimension].values()].some(({ total }) => total > 0);
}

function judgeDimension(slot: Slot, dimension: Dimension, frame: Frame): ReadonlyMap<string, Judgement> {
  const { input } = slot;
  if (input === null) return new Map([[TRIAL_PRESENT, absentTrial(slot)]]);
  const { lane, fixture, number } = slot;
  const subject = {
    lane,
    fixture,
    number,
    input,
    report: input.report,
    observation: input.observation,
    manifest: input.manifest,
  };
  return new Map(
    RULES[dimension].components.map(({ name, violations }) => {
      let total = 0;
      const evidence: Evidence[] = [];
      for (const { code, where, what } of violations(subject, frame)) {
        total += 1;
        if (evidence.length < MAX_EVIDENCE) evidence.push(slotEvidence(slot, code, where, what));
      }
      return [name, { total, evidence }];
    }),
  );
}

function absentTrial(slot: Slot): Judgement {
  const evidence =
    slot.state === "contested"
      ? slotEvidence(slot, "EXTRA_TRIAL", "", "more than one trial claims this place of the plan")
      : slotEvidence(slot, "MISSING_TRIAL", "", "the plan names this trial, and no bundle is there");
  return { total: 1, evidence: [evidence] };
}
