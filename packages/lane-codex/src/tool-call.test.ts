import { expect, test } from "vitest";
import { toolCall } from "./tool-call.ts";

test("shell, write and edit are calls of the one tool that every tested version offers", () => {
  expect(toolCall({ do: "shell", command: "ls" })).toEqual({
    name: "exec_command",
    arguments: { cmd: "ls" },
  });
  expect(toolCall({ do: "write", path: "a", content: "b\n" })?.name).toBe("exec_command");
  expect(toolCall({ do: "edit", path: "a", oldText: "b", newText: "c" })?.name).toBe("exec_command");
});

test("answers, faults and steps of the fake lane are no tool calls", () => {
  expect(toolCall({ do: "say", text: "done" })).toBeNull();
  expect(toolCall({ do: "fault-status", status: 500 })).toBeNull();
  expect(toolCall({ do: "fault-hang" })).toBeNull();
  expect(toolCall({ do: "fake-open-tool" })).toBeNull();
});
