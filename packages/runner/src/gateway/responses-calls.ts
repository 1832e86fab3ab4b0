import { field, isRecord, list, text } from "./json-view.ts";
import type { OpenCalls } from "./open-calls.ts";

const nameOf = (item: unknown): string => {
  const name = text(field(item, "name")) ?? text(field(item, "type")) ?? "";
  const namespace = text(field(item, "namespace"));
  return namespace === null ? name : `${namespace}.${name}`;
};

const argumentsOf = (item: unknown): string => {
  const direct = text(field(item, "arguments")) ?? text(field(item, "input"));
  if (direct !== null) return direct;
  const action = field(item, "action") ?? field(item, "operation") ?? field(item, "code");
  return action === undefined ? "" : JSON.stringify(action);
};

const isCall = (item: unknown): boolean => (text(field(item, "type")) ?? "").endsWith("_call");

const keyOf = (value: unknown): string => {
  const index = field(value, "output_index");
  return typeof index === "number"
    ? `#${index}`
    : (text(field(value, "item_id")) ?? text(field(field(value, "item"), "id")) ?? "?");
};

/** Tool calls of an OpenAI Responses answer: items that end in `_call`, streamed or whole. */
export const responsesCalls = (calls: OpenCalls): ((value: unknown) => void) => {
  const done = new Set<string>();
  const outputs = (output: unknown): void => {
    list(output).forEach((item, index) => {
      if (isCall(item) && !done.has(`#${index}`) && !done.has(text(field(item, "id")) ?? "?"))
        calls.whole(nameOf(item), argumentsOf(item));
    });
  };
  return (value) => {
    const type = text(field(value, "type"));
    const item = field(value, "item");
    const key = keyOf(value);
    switch (type) {
      case "response.output_item.added":
        if (isCall(item)) calls.open(key, nameOf(item));
        return;
      case "response.output_item.done":
        if (!isCall(item)) return;
        if (!calls.has(key)) calls.open(key, nameOf(item));
        calls.close(key, nameOf(item), argumentsOf(item));
        if (done.size < 4096) done.add(key);
        return;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return outputs(field(field(value, "response"), "output"));
      default:
        if (type !== null && /_(call_arguments|call_input)\.delta$/.test(type))
          calls.append(key, text(field(value, "delta")) ?? "");
        else if (isRecord(value) && type === null) outputs(field(value, "output"));
    }
  };
};
