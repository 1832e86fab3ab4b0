import fc from "fast-check";
import { expect, it } from "vitest";
import { systemText } from "./system-text.ts";

it.each([
  ["responses", { instructions: "# A" }, "# A"],
  [
    "chat",
    {
      messages: [
        { role: "system", content: "# A" },
        { role: "user", content: "# B" },
      ],
    },
    "# A",
  ],
  ["chat", { messages: [{ role: "developer", content: [{ type: "text", text: "# A" }] }] }, "# A"],
  [
    "messages",
    {
      system: [
        { type: "text", text: "# A" },
        { type: "text", text: "b" },
      ],
    },
    "# A\nb",
  ],
  ["chat", { messages: "# A" }, ""],
  ["models", { system: "# A" }, ""],
] as const)("the system text of %s is read: %j", (api, body, text) => {
  expect(systemText(api, body)).toBe(text);
});

it("is total over any JSON value, and bounded", () => {
  fc.assert(
    fc.property(fc.constantFrom("responses", "chat", "messages", "models"), fc.jsonValue(), (api, body) => {
      expect(typeof systemText(api, body)).toBe("string");
    }),
  );
  expect(systemText("responses", { instructions: "x".repeat(1_000_000) }).length).toBe(65_536);
});
