import type { ScriptedToolCall, ScriptStep } from "@stage6/lane-contract";

/** A script step as a call of one of the tools that Case's agents have; null for steps that are no tool call (answers, faults, steps of the fake lane). */
export function toolCall(step: ScriptStep): ScriptedToolCall | null {
  switch (step.do) {
    case "shell":
      return { name: "bash", arguments: { command: step.command } };
    case "write":
      return { name: "write", arguments: { path: step.path, content: step.content } };
    case "edit":
      return {
        name: "edit",
        arguments: { path: step.path, edits: [{ oldText: step.oldText, newText: step.newText }] },
      };
    default:
      return null;
  }
}
