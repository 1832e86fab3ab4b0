import type { ModelApi } from "../model-api.ts";

const TOOL_NAMES = ["run"];

const tools = (api: ModelApi): readonly object[] =>
  TOOL_NAMES.map((name) => {
    if (api === "responses") return { type: "function", name, parameters: {} };
    return api === "chat"
      ? { type: "function", function: { name, parameters: {} } }
      : { name, input_schema: {} };
  });

const history = (api: ModelApi, results: number): readonly object[] =>
  Array.from({ length: results }, (_, index) => {
    const id = `call_${index}`;
    if (api === "responses") {
      return [
        { type: "function_call", call_id: id, name: "run", arguments: "{}" },
        { type: "function_call_output", call_id: id, output: "ok" },
      ];
    }
    if (api === "chat") {
      return [
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id, type: "function", function: { name: "run", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: id, content: "ok" },
      ];
    }
    return [
      { role: "assistant", content: [{ type: "tool_use", id, name: "run", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "ok" }] },
    ];
  }).flat();

/** Body of a request in a conversation that already holds so many tool results. */
export const conversation = (
  api: ModelApi,
  results: number,
  more: Readonly<Record<string, unknown>> = {},
): string => {
  const start = [{ role: "user", content: "Do it." }];
  const turns = [...start, ...history(api, results)];
  const body = api === "responses" ? { input: turns } : { messages: turns };
  return JSON.stringify({
    model: "scripted-1",
    stream: true,
    [api === "responses" ? "max_output_tokens" : "max_tokens"]: 100,
    tools: tools(api),
    ...body,
    ...more,
  });
};
