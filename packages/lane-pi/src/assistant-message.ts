import {
  countField,
  type DraftData,
  type DraftRaw,
  type EventDraft,
  field,
  type JsonRecord,
  messaged,
  recordField,
  recordsField,
  textField,
} from "@stage6/lane-contract";

/** Token counts of a run so far. */
export type Usage = DraftData<"usage.claimed">["usage"];

/** Counts before the first message. */
export const NO_USAGE: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

function textOf(record: JsonRecord, type: "text" | "thinking"): string {
  return recordsField(record, "content")
    .filter((part) => textField(part, "type") === type)
    .map((part) => textField(part, type))
    .join("\n");
}

/** Reasoning, answer and error of a finished assistant message, those that it has. */
export function assistantDrafts(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
  const stated = field(record, "errorMessage");
  const parts = [
    ["reasoning", textOf(record, "thinking")],
    ["answer", textOf(record, "text")],
    ["warning", typeof stated === "string" ? stated : ""],
  ] as const;
  return parts.flatMap(([kind, text]) => (text === "" ? [] : [messaged(raw, kind, text)]));
}

const sum = (...counts: readonly number[]): number =>
  Math.min(
    Number.MAX_SAFE_INTEGER,
    counts.reduce((total, count) => total + count, 0),
  );

/** The run's counts with one more message: Pi states each message alone, and cached input apart from the rest. */
export function addUsage(before: Usage, record: JsonRecord): Usage {
  const stated = recordField(record, "usage");
  const [input, cached] = [countField(stated, "input"), countField(stated, "cacheRead")];
  return {
    inputTokens: sum(before.inputTokens, input, cached, countField(stated, "cacheWrite")),
    cachedInputTokens: sum(before.cachedInputTokens, cached),
    outputTokens: sum(before.outputTokens, countField(stated, "output")),
  };
}
