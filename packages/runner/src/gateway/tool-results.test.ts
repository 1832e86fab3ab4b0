import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversation } from "./testing/conversation.ts";
import { countToolResults } from "./tool-results.ts";

const APIS = ["responses", "chat", "messages"] as const;

describe("countToolResults", () => {
  it.each(APIS)("counts the results of a conversation: %s", (api) => {
    for (const results of [0, 1, 5])
      expect(countToolResults(api, JSON.parse(conversation(api, results)))).toBe(results);
  });

  it("counts custom tool results and parallel results, and nothing an assistant says", () => {
    expect(
      countToolResults("responses", {
        input: [{ type: "custom_tool_call_output" }, { type: "function_call" }],
      }),
    ).toBe(1);
    const content = [{ type: "tool_result" }, { type: "tool_result" }, { type: "text" }];
    expect(
      countToolResults("messages", {
        messages: [
          { role: "user", content },
          { role: "assistant", content },
        ],
      }),
    ).toBe(2);
  });

  it("is total over any JSON value", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...APIS, "models" as const),
        fc.oneof(fc.jsonValue(), fc.record({ input: fc.jsonValue(), messages: fc.jsonValue() })),
        (api, body) => {
          expect(countToolResults(api, body)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
