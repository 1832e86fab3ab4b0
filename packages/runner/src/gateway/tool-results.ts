import { field, list } from "./json-view.ts";
import type { ModelApi } from "./model-api.ts";

const count = (items: readonly unknown[], test: (item: unknown) => boolean): number =>
  items.filter(test).length;

/** Number of tool results that a request body carries: the position in a script, the same for every retry of a request. */
export const countToolResults = (api: ModelApi, body: unknown): number => {
  switch (api) {
    case "responses":
      return count(list(field(body, "input")), (item) => {
        const type = field(item, "type");
        return type === "function_call_output" || type === "custom_tool_call_output";
      });
    case "chat":
      return count(list(field(body, "messages")), (message) => field(message, "role") === "tool");
    case "messages":
      return list(field(body, "messages"))
        .filter((message) => field(message, "role") === "user")
        .reduce<number>(
          (sum, message) =>
            sum + count(list(field(message, "content")), (block) => field(block, "type") === "tool_result"),
          0,
        );
    case "models":
      return 0;
  }
};
