import type { ModelRef, Report } from "@stage6/evidence-interface";
import { namesAny } from "./closure-names.ts";
import type { ComparisonCode } from "./code.ts";
import type { Difference } from "./comparison.ts";
import { escapeLong } from "./evidence.ts";
import { byCodeUnit } from "./order.ts";
import type { JudgedSlot } from "./judge-trial.ts";
import type { Frame } from "./rule.ts";
import type { Slot } from "./trial-slots.ts";

type Key = Difference["key"];

interface KeyRule {
  readonly key: Key;
  readonly code: ComparisonCode;
  readonly found: (report: Report) => string;
  readonly planned: (slot: Slot, frame: Frame) => string;
}

const modelText = (model: ModelRef | null): string =>
  model === null ? "none" : `${model.class} ${model.provider} ${model.id}`;
const observedModel = ({ model, closure }: Report): string =>
  namesAny(closure, ["MODEL_MISMATCH"])
    ? `${modelText(model.planned)}, asked for ${model.observed.join(" ")}`
    : modelText(model.planned);
const major = (version: string): string => version.split(".")[0] ?? version;
const limitsText = (limits: Report["limits"]): string =>
  [
    limits.totalMs,
    limits.idleMs,
    limits.outputBytes,
    limits.lineBytes,
    limits.modelRequests,
    limits.oracleMs,
    limits.toolCalls ?? "-",
    limits.diskBytes ?? "-",
    limits.memoryBytes ?? "-",
  ].join(" ");

/** Frame conditions that both sides and the plan must share, in the order in which they name a cell's code. */
const KEYS: readonly KeyRule[] = [
  {
    key: "fixture",
    code: "NOT_COMPARABLE_FIXTURE",
    found: ({ fixture }) => fixture.digest,
    planned: ({ fixture }) => fixture.digest,
  },
  {
    key: "base",
    code: "NOT_COMPARABLE_BASE",
    found: ({ fixture }) => fixture.baseCommit,
    planned: ({ fixture }) => fixture.baseCommit,
  },
  {
    key: "task",
    code: "NOT_COMPARABLE_TASK",
    found: ({ fixture }) => fixture.taskDigest,
    planned: ({ fixture }) => fixture.taskDigest,
  },
  {
    key: "policy",
    code: "NOT_COMPARABLE_POLICY",
    found: ({ policyDigest }) => policyDigest,
    planned: (_, { plan }) => plan.policyDigest,
  },
  {
    key: "limits",
    code: "NOT_COMPARABLE_LIMITS",
    found: ({ limits }) => limitsText(limits),
    planned: (_, { plan }) => limitsText(plan.limits),
  },
  {
    key: "model",
    code: "NOT_COMPARABLE_MODEL",
    found: observedModel,
    planned: ({ lane }) => modelText(lane.model),
  },
  {
    key: "harness",
    code: "NOT_COMPARABLE_HARNESS",
    found: ({ harness }) => `${harness.name} ${harness.version}`,
    planned: (_, { plan }) => `${plan.harness.name} ${plan.harness.version}`,
  },
  {
    key: "schema",
    code: "NOT_COMPARABLE_SCHEMA",
    found: ({ schemaVersion }) => major(schemaVersion),
    planned: (_, { plan }) => major(plan.schemaVersion),
  },
  {
    key: "bounds",
    code: "NOT_COMPARABLE_SANDBOX",
    found: ({ bounds }) => bounds.tier,
    planned: (_, { plan }) => plan.boundsTier,
  },
];

/** Frame conditions in which the valid trials of candidate and baseline on one fixture, or the plan, are not alike. */
export function differencesBetween(
  candidate: readonly JudgedSlot[],
  baseline: readonly JudgedSlot[],
): Difference[] {
  const differences: Difference[] = [];
  for (const rule of KEYS) {
    if (rule.key === "model" && (withoutModel(candidate) || withoutModel(baseline))) continue;
    const ours = values(rule, candidate);
    const theirs = values(rule, baseline);
    const planned = [
      ...new Set([...candidate, ...baseline].map(({ slot, frame }) => rule.planned(slot, frame))),
    ].sort(byCodeUnit);
    if (new Set([...ours, ...theirs, ...planned]).size > 1) {
      differences.push({
        key: rule.key,
        candidate: show(ours),
        baseline: show(theirs),
        planned: show(planned),
      });
    }
  }
  return differences;
}

/** Reason code of a difference. */
export function differenceCode({ key }: Difference): ComparisonCode {
  return KEYS.find((rule) => rule.key === key)?.code ?? "NOT_COMPARABLE_SCHEMA";
}

/** A lane that the plan gives no model (the fake lane) is exempt from the model key, and from that key alone. */
function withoutModel(judged: readonly JudgedSlot[]): boolean {
  return judged.some(({ slot: { lane } }) => lane.model?.class === "none");
}

function values(rule: KeyRule, judged: readonly JudgedSlot[]): string[] {
  const found = judged.flatMap(({ slot: { state, input } }) =>
    state === "valid" && input?.report ? [rule.found(input.report)] : [],
  );
  return [...new Set(found)].sort(byCodeUnit);
}

const show = (texts: readonly string[]): string =>
  texts.length === 0 ? "no trial" : escapeLong(texts.join(" | "));
