import { boundedText } from "./bounded-text.ts";
import { field, isRecord, list, type JsonRecord } from "./json-view.ts";
import type { ModelApi } from "./model-api.ts";

/** Model API whose requests have a body. */
export type BodyApi = Exclude<ModelApi, "models">;

/** Keys of a request body that may hold anything: they describe the one answer that is asked for. */
const PLAIN: Readonly<Record<BodyApi, readonly string[]>> = {
  responses: [
    "client_metadata",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "parallel_tool_calls",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
  ],
  chat: [
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "metadata",
    "model",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
  ],
  messages: [
    "max_tokens",
    "messages",
    "metadata",
    "model",
    "service_tier",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
  ],
};

/** Keys that clients send to say that a feature of the provider is off; with `null` or `false` they mean nothing. */
const OFF: Readonly<Record<BodyApi, readonly string[]>> = {
  responses: ["background", "conversation", "previous_response_id", "prompt", "store"],
  chat: ["store"],
  messages: ["container", "context_management"],
};

/** Features that offer the model tools of the provider: recorded as such, and forwarded, as listed provider tools are. */
const TOLD: Readonly<Record<BodyApi, readonly string[]>> = {
  responses: [],
  chat: ["web_search_options"],
  messages: ["mcp_servers"],
};

/** Keys of a tool that say who runs it. */
const TOOL_KEYS = [
  "type",
  "name",
  "function",
  "custom",
  "execution",
  "environment",
  "tools",
  "server_label",
  "server_url",
];

/** How readers that do not tell cases apart understand a key (Go's encoding/json takes U+017F for `s`). */
const folded = (key: string): string => key.normalize("NFKC").toUpperCase().toLowerCase();

const isMisspelt = (known: readonly string[], key: string): boolean =>
  !known.includes(key) && known.includes(folded(key));

const toolsMisspelt = (tools: unknown): boolean =>
  list(tools).some(
    (tool) =>
      (isRecord(tool) && Object.keys(tool).some((key) => isMisspelt(TOOL_KEYS, key))) ||
      toolsMisspelt(field(tool, "tools")),
  );

/** Whether a body holds a key that some reader would take for another one: the two would understand different requests. */
export const isAmbiguous = (api: BodyApi, body: JsonRecord): boolean => {
  const known = [...PLAIN[api], ...OFF[api], ...TOLD[api]];
  return Object.keys(body).some((key) => isMisspelt(known, key)) || toolsMisspelt(field(body, "tools"));
};

/**
 * Keys by which a body asks its provider for more than one answer of this model to this text: another model, a stored
 * prompt or answer, plugins, and every key that is not known here. Names of at most 256 code points.
 */
export const featureKeys = (api: BodyApi, body: JsonRecord): readonly string[] =>
  Object.entries(body)
    .filter(([key, value]) => {
      if (PLAIN[api].includes(key) || TOLD[api].includes(key)) return false;
      return !(OFF[api].includes(key) && (value === null || value === false));
    })
    .map(([key]) => boundedText(key, 256));
