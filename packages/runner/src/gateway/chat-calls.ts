import { field, list, text } from "./json-view.ts";
import type { OpenCalls } from "./open-calls.ts";

const indexOf = (value: unknown, position: number): number => {
  const index = field(value, "index");
  return typeof index === "number" ? index : position;
};

const inner = (call: unknown): unknown => field(call, "function") ?? field(call, "custom");

const argumentsOf = (call: unknown): string =>
  text(field(inner(call), "arguments")) ?? text(field(inner(call), "input")) ?? "";

/** Tool calls of an OpenAI Chat Completions answer: `delta.tool_calls` pieces or `message.tool_calls`. */
export const chatCalls = (calls: OpenCalls): ((value: unknown) => void) => {
  const ids = new Map<string, string>();
  const piece = (choice: number, call: unknown, position: number): void => {
    const key = `${choice}/${indexOf(call, position)}`;
    const id = text(field(call, "id"));
    // Some servers send every call as index 0; a new id is a new call.
    const fresh = id !== null && ids.get(key) !== id;
    if (id !== null && (ids.size < 4096 || ids.has(key))) ids.set(key, id);
    const name = text(field(inner(call), "name"));
    if (fresh || !calls.has(key)) calls.open(key, name ?? "");
    calls.append(key, argumentsOf(call));
  };
  return (value) => {
    list(field(value, "choices")).forEach((choice, position) => {
      const at = indexOf(choice, position);
      list(field(field(choice, "delta"), "tool_calls")).forEach((call, index) => piece(at, call, index));
      for (const call of list(field(field(choice, "message"), "tool_calls")))
        calls.whole(text(field(inner(call), "name")) ?? "", argumentsOf(call));
      if (text(field(choice, "finish_reason")) !== null) calls.flush();
    });
  };
};
