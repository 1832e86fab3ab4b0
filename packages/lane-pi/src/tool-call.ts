import type { ScriptedToolCall, ScriptStep } from "@stage6/lane-contract";
import { COMMAND_TOOL } from "./tools.ts";

/** A script step as a call of one of Pi's own tools or the guard's; null for steps that are no tool call (answers, faults, steps of the fake lane). */
export function toolCall(step: ScriptStep): ScriptedToolCall | null {
  switch (step.do) {
    case "shell":
      return { name: "bash", arguments: { command: step.command } };
    case "command":
      return { name: COMMAND_TOOL, arguments: { name: step.name } };
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
