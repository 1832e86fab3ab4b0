import type { Usage } from "@stage6/evidence-interface";
import { RESPONSES_ENDS } from "./end-marker.ts";
import { field, isRecord, text } from "./json-view.ts";
import type { ModelApi } from "./model-api.ts";

/** Collector of the token counts that a provider states: `read` takes each parsed event of a stream or the one body. */
export interface UsageReader {
  read(value: unknown): void;
  /** The last counts stated; null when none were, or when one of them is no count. */
  stated(): Usage | null;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** What an optional part of a statement says; 0 when it says nothing. */
const orNone = (value: unknown): unknown => value ?? 0;

const counts = (input: unknown, cached: unknown, output: unknown): Usage | null =>
  isCount(input) && isCount(cached) && isCount(output)
    ? { inputTokens: input, cachedInputTokens: cached, outputTokens: output }
    : null;

/** Reader for statements that are whole each time, so that the last one holds. */
const lastWhole = (
  statement: (value: unknown) => unknown,
  read: (usage: unknown) => Usage | null,
): UsageReader => {
  let last: unknown;
  return {
    read: (value) => {
      const usage = statement(value);
      if (isRecord(usage)) last = usage;
    },
    stated: () => (last === undefined ? null : read(last)),
  };
};

/** OpenAI Responses: the last event carries the response, one body is the response. */
const responsesUsage = (): UsageReader =>
  lastWhole(
    (value) => {
      const type = text(field(value, "type"));
      if (type === null) return field(value, "usage");
      return RESPONSES_ENDS.has(type) ? field(field(value, "response"), "usage") : undefined;
    },
    (usage) =>
      counts(
        field(usage, "input_tokens"),
        orNone(field(field(usage, "input_tokens_details"), "cached_tokens")),
        field(usage, "output_tokens"),
      ),
  );

/** OpenAI Chat Completions: in the body, or in a stream whose client asked for it (`stream_options.include_usage`). */
const chatUsage = (): UsageReader =>
  lastWhole(
    (value) => field(value, "usage"),
    (usage) =>
      counts(
        field(usage, "prompt_tokens"),
        orNone(field(field(usage, "prompt_tokens_details"), "cached_tokens")),
        field(usage, "completion_tokens"),
      ),
  );

/** Anthropic Messages: a stream states input at its start and running sums later; cached input is counted apart from the rest. */
const messagesUsage = (): UsageReader => {
  const last = new Map<string, unknown>();
  const take = (usage: unknown): void => {
    for (const name of [
      "input_tokens",
      "cache_read_input_tokens",
      "cache_creation_input_tokens",
      "output_tokens",
    ]) {
      const value = field(usage, name);
      if (value !== undefined && value !== null) last.set(name, value);
    }
  };
  return {
    read: (value) => {
      switch (field(value, "type")) {
        case "message_start":
          return take(field(field(value, "message"), "usage"));
        case "message_delta":
        case "message":
          return take(field(value, "usage"));
        default:
      }
    },
    stated: () => {
      const input = last.get("input_tokens");
      const read = orNone(last.get("cache_read_input_tokens"));
      const written = orNone(last.get("cache_creation_input_tokens"));
      if (!isCount(input) || !isCount(read) || !isCount(written)) return null;
      return counts(input + read + written, read, last.get("output_tokens"));
    },
  };
};

/** Collector for one answer of a model API; total over any JSON values. */
export const answerUsage = (api: ModelApi): UsageReader => {
  switch (api) {
    case "responses":
      return responsesUsage();
    case "chat":
      return chatUsage();
    case "messages":
      return messagesUsage();
    case "models":
      return { read: () => undefined, stated: () => null };
  }
};
