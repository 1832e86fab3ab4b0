import { expect, test } from "vitest";
import { toolCall } from "./tool-call.ts";

test("shell, write and edit are calls of Pi's own tools", () => {
  expect(toolCall({ do: "shell", command: "ls" })).toEqual({ name: "bash", arguments: { command: "ls" } });
  expect(toolCall({ do: "write", path: "a", content: "b\n" })).toEqual({
    name: "write",
    arguments: { path: "a", content: "b\n" },
  });
  expect(toolCall({ do: "edit", path: "a", oldText: "b", newText: "c" })).toEqual({
    name: "edit",
    arguments: { path: "a", edits: [{ oldText: "b", newText: "c" }] },
  });
});

test("answers, faults and steps of the fake lane are no tool calls", () => {
  expect(toolCall({ do: "say", text: "done" })).toBeNull();
  expect(toolCall({ do: "fault-status", status: 500 })).toBeNull();
  expect(toolCall({ do: "fault-hang" })).toBeNull();
  expect(toolCall({ do: "fake-open-tool" })).toBeNull();
});
