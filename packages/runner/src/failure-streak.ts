import type { ClosureClass, Report } from "@stage6/evidence-interface";

/** Faults by which a trial can fail without any doing of its backend: of what answers the model, or of the harness. */
const OF_MODEL = ["AUTH_FAILURE", "RATE_LIMIT", "MODEL_ERROR"] as const satisfies readonly ClosureClass[];
/** What a backend asked for and did not get ends an answer too, and is its own doing. */
const OF_BACKEND = "MODEL_MISMATCH" satisfies ClosureClass;
const OF_HARNESS = "HARNESS_ERROR" satisfies ClosureClass;

/** Trials in a row, of whatever lanes, that failed by the same fault of the infrastructure. */
export interface Streak {
  readonly code: (typeof OF_MODEL)[number] | typeof OF_HARNESS;
  readonly trials: number;
}

/** The parts of a report that say whether the infrastructure failed. */
export interface TrialFacts {
  readonly closure: Pick<Report["closure"], "class" | "also">;
  readonly model: Pick<Report["model"], "requests">;
}

/**
 * The streak after one more trial; null when none stands. A trial that asked no model says nothing of the model's side, so that
 * it neither lengthens nor ends such a streak. A streak says only when to stop: each of its trials is sealed and counts, so
 * that a backend which causes such failures in its own trials loses them, and what was not begun stays missing in the plan.
 */
export function afterTrial(streak: Streak | null, { closure, model }: TrialFacts): Streak | null {
  const named = new Set<ClosureClass>([closure.class, ...closure.also]);
  const ofModelSide = named.has(OF_BACKEND) ? undefined : OF_MODEL.find((one) => named.has(one));
  const code = named.has(OF_HARNESS) ? OF_HARNESS : ofModelSide;
  if (code !== undefined) return { code, trials: streak?.code === code ? streak.trials + 1 : 1 };
  const ofModel = streak !== null && streak.code !== OF_HARNESS;
  return ofModel && model.requests === 0 ? streak : null;
}
