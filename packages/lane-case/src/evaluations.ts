import {
  countField,
  type DraftData,
  type DraftRaw,
  type EventDraft,
  field,
  isRecord,
  type JsonRecord,
  recordField,
  recordsField,
  short,
  textField,
} from "@stage6/lane-contract";
import { scrub } from "./scrub-text.ts";

type Rubric = NonNullable<DraftData<"review.claimed">["rubric"]>;
type Rejection = Extract<EventDraft, { readonly type: "review.claimed" }>;

/** Phases whose result is a verdict. */
const EVALUATORS: ReadonlySet<string> = new Set(["verify", "review"]);

/** Most categories that an event names. */
const MAX_CATEGORIES = 64;

const VERDICTS = { pass: "passed", fail: "failed", na: "not-applicable" } as const;

const nameOf = (category: JsonRecord): string => short(scrub(textField(category, "category")), 128);

function verdictOf(category: JsonRecord): Rubric[number]["verdict"] {
  const stated = textField(category, "verdict");
  // An unknown verdict is no pass.
  return stated === "pass" || stated === "na" ? VERDICTS[stated] : VERDICTS.fail;
}

function rubricOf(result: JsonRecord): Rubric | null {
  if (!isRecord(field(result, "rubric"))) return null;
  return recordsField(recordField(result, "rubric"), "categories")
    .slice(0, MAX_CATEGORIES)
    .map((category) => ({ category: nameOf(category), verdict: verdictOf(category) }));
}

/**
 * Case's own evaluators. A rejection that Case answers with another cycle is a revision; one that it passes over, or
 * that nothing follows, is a verdict on the run. Case goes on after its budget is used up, after critical findings and
 * after a rejection without a rubric: whatever it does then, the verdict stands.
 */
export class Evaluations {
  readonly #open = new Map<string, Rejection>();

  /** The end of a phase that may be an evaluator's; an end without a result says nothing. */
  ended(phase: string, outcome: string, result: JsonRecord | null, raw: DraftRaw): readonly EventDraft[] {
    if (!EVALUATORS.has(phase) || result === null) return [];
    const rubric = rubricOf(result);
    const critical = countField(recordField(result, "findings"), "critical");
    const failed = rubric?.some(({ verdict }) => verdict === "failed") ?? false;
    const stated = textField(result, "status");
    const shown = rubric === null ? {} : { rubric };
    const data = { by: short(phase, 64), critical, ...shown };
    if (critical > 0 || outcome !== "completed" || stated !== "completed")
      return [{ type: "review.claimed", raw, data: { ...data, verdict: "rejected" } }];
    if (!failed) return [{ type: "review.claimed", raw, data: { ...data, verdict: "passed" } }];
    this.#open.set(phase, { type: "review.claimed", raw, data: { ...data, verdict: "rejected" } });
    return [];
  }

  /** Another cycle answers what was rejected so far. */
  revised(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    this.#open.clear();
    const failed = recordsField(record, "failedCategories").slice(0, MAX_CATEGORIES).map(nameOf);
    return [
      {
        type: "revision.requested",
        raw,
        data: {
          source: short(textField(record, "source"), 64),
          cycle: countField(record, "cycle"),
          failed,
        },
      },
    ];
  }

  /** No cycle is left, and Case goes on. */
  exhausted(raw: DraftRaw): readonly EventDraft[] {
    const open = [...this.#open.values()];
    this.#open.clear();
    if (open.length === 0)
      return [{ type: "review.claimed", raw, data: { by: "evaluator", verdict: "exhausted", critical: 0 } }];
    return open.map(({ data }) => ({ type: "review.claimed", raw, data: { ...data, verdict: "exhausted" } }));
  }

  /** Rejections that nothing answered. */
  rest(): readonly EventDraft[] {
    const open = [...this.#open.values()];
    this.#open.clear();
    return open;
  }
}
