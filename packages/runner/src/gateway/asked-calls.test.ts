import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedCalls } from "./asked-calls.ts";
import type { ModelApi } from "./model-api.ts";
import type { AskedCall } from "./open-calls.ts";

const read = (api: ModelApi, values: readonly unknown[]): string[] => {
  const calls: AskedCall[] = [];
  const reader = askedCalls(api, (call) => calls.push(call));
  for (const value of values) reader.read(value);
  reader.flush();
  return calls.map((call) => `${call.name} ${call.arguments}${call.truncated ? " ..." : ""}`);
};

const delta = (...tool_calls: readonly unknown[]): unknown => ({
  choices: [{ index: 0, delta: { tool_calls } }],
});

describe("askedCalls of Responses", () => {
  const item = { type: "function_call", id: "f", name: "exec", arguments: '{"a":1}' };
  const added = { type: "response.output_item.added", output_index: 0, item: { ...item, arguments: "" } };
  const piece = { type: "response.function_call_arguments.delta", output_index: 0, delta: '{"a"' };
  const done = { type: "response.output_item.done", output_index: 0, item };

  it("tells a streamed call once, though the closing event repeats it", () => {
    expect(
      read("responses", [added, piece, done, { type: "response.completed", response: { output: [item] } }]),
    ).toEqual(['exec {"a":1}']);
  });
  it("tells a call of the closing event that was never streamed", () => {
    expect(
      read("responses", [{ type: "response.completed", response: { output: [{ type: "message" }, item] } }]),
    ).toEqual(['exec {"a":1}']);
    expect(read("responses", [{ object: "response", output: [item, item] }])).toEqual([
      'exec {"a":1}',
      'exec {"a":1}',
    ]);
  });
  it("tells a call that was cut off with what had come", () => {
    expect(read("responses", [added, piece])).toEqual(['exec {"a"']);
  });
  it("reads custom, namespaced and hosted calls", () => {
    const of = (more: object): unknown => ({ type: "response.output_item.done", item: more });
    expect(
      read("responses", [
        of({ type: "custom_tool_call", name: "apply_patch", input: "*** Begin" }),
        of({ type: "function_call", namespace: "mcp__t", name: "ping", arguments: "{}" }),
        of({ type: "local_shell_call", action: { command: ["ls"] } }),
        of({ type: "web_search_call" }),
      ]),
    ).toEqual([
      "apply_patch *** Begin",
      "mcp__t.ping {}",
      'local_shell_call {"command":["ls"]}',
      "web_search_call ",
    ]);
  });
});

describe("askedCalls of Chat Completions", () => {
  it("joins the pieces of parallel calls", () => {
    const values = [
      delta(
        { index: 0, id: "a", function: { name: "x", arguments: "" } },
        { index: 1, id: "b", function: { name: "y", arguments: "2" } },
      ),
      delta({ index: 0, function: { arguments: "1" } }),
      { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
    ];
    expect(read("chat", values)).toEqual(["x 1", "y 2"]);
  });
  it("keeps calls apart that a server numbers alike", () => {
    expect(
      read("chat", [
        delta({ index: 0, id: "a", function: { name: "x", arguments: "1" } }),
        delta({ index: 0, id: "b", function: { name: "y", arguments: "2" } }),
      ]),
    ).toEqual(["x 1", "y 2"]);
  });
  it("reads a whole message and custom tools", () => {
    const tool_calls = [
      { function: { name: "x", arguments: "1" } },
      { type: "custom", custom: { name: "y", input: "2" } },
    ];
    expect(read("chat", [{ choices: [{ message: { tool_calls }, finish_reason: "tool_calls" }] }])).toEqual([
      "x 1",
      "y 2",
    ]);
  });
  it("bounds the arguments and the calls that are open, and loses no call", () => {
    expect(
      read("chat", [
        delta({ index: 0, id: "a", function: { name: "x", arguments: "\u{1f600}".repeat(5_000) } }),
      ]),
    ).toEqual([`x ${"\u{1f600}".repeat(4_096)} ...`]);
    const many = Array.from({ length: 1_000 }, (_, index) =>
      delta({ index, id: `${index}`, function: { name: `n${index}`, arguments: "" } }),
    );
    expect(read("chat", many)).toHaveLength(1_000);
  });
});

describe("askedCalls of Messages", () => {
  it("joins the pieces of a block and takes whole inputs", () => {
    const start = (index: number, input: object): unknown => ({
      type: "content_block_start",
      index,
      content_block: { type: "tool_use", name: `t${index}`, input },
    });
    const more = (index: number, partial_json: string): unknown => ({
      type: "content_block_delta",
      index,
      delta: { type: "input_json_delta", partial_json },
    });
    const values = [
      start(0, {}),
      more(0, '{"a"'),
      start(1, { b: 2 }),
      more(0, ":1}"),
      { type: "content_block_stop", index: 0 },
    ];
    expect(read("messages", values)).toEqual(['t0 {"a":1}', 't1 {"b":2}']);
  });
  it("reads a whole message", () => {
    const content = [
      { type: "text" },
      { type: "tool_use", name: "x", input: { a: 1 } },
      { type: "server_tool_use", name: "web_search", input: {} },
    ];
    expect(read("messages", [{ type: "message", content }])).toEqual(['x {"a":1}', "web_search "]);
  });
});

describe("askedCalls", () => {
  it("is total over JSON values", () => {
    const type = fc.constantFrom(
      "response.output_item.done",
      "response.completed",
      "content_block_start",
      "content_block_delta",
      "message",
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type,
          item: fc.jsonValue(),
          delta: fc.jsonValue(),
          choices: fc.jsonValue(),
          content_block: fc.jsonValue(),
          output: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("responses", "chat", "messages", "models"),
        fc.array(value),
        (api, values) => {
          expect(Array.isArray(read(api, values))).toBe(true);
        },
      ),
    );
  });
});
