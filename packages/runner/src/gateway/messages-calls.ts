import { field, isRecord, list, text } from "./json-view.ts";
import type { OpenCalls } from "./open-calls.ts";

/** `tool_use` runs at the client, `server_tool_use` and `mcp_tool_use` at the provider; all are asked for. */
const isCall = (block: unknown): boolean => /(^|_)tool_use$/.test(text(field(block, "type")) ?? "");

const nameOf = (block: unknown): string => text(field(block, "name")) ?? "";

const inputOf = (block: unknown): string => {
  const input = field(block, "input");
  return isRecord(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : "";
};

/** Tool calls of an Anthropic Messages answer: `tool_use` blocks, streamed or whole. */
export const messagesCalls =
  (calls: OpenCalls): ((value: unknown) => void) =>
  (value) => {
    const key = String(field(value, "index"));
    const block = field(value, "content_block");
    const delta = field(value, "delta");
    switch (field(value, "type")) {
      case "content_block_start":
        if (!isCall(block)) return;
        calls.open(key, nameOf(block));
        return calls.append(key, inputOf(block));
      case "content_block_delta":
        if (field(delta, "type") === "input_json_delta")
          calls.append(key, text(field(delta, "partial_json")) ?? "");
        return;
      case "content_block_stop":
        return calls.close(key);
      case "message":
        for (const part of list(field(value, "content")))
          if (isCall(part)) calls.whole(nameOf(part), inputOf(part));
        return;
      default:
    }
  };
