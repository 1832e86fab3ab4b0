import type { ScriptedToolCall, ScriptStep } from "@stage6/lane-contract";
import { editCommand } from "./edit-command.ts";
import { writeCommand } from "./write-command.ts";

/** The one tool that every tested version offers, whatever model it talks to. */
const TOOL = "exec_command";

/** A script step as a call of Codex's shell tool; null for steps that are no tool call (answers, faults, steps of the fake lane). */
export function toolCall(step: ScriptStep): ScriptedToolCall | null {
  switch (step.do) {
    case "shell":
      return { name: TOOL, arguments: { cmd: step.command } };
    case "write":
      return { name: TOOL, arguments: { cmd: writeCommand(step.path, step.content) } };
    case "edit":
      return { name: TOOL, arguments: { cmd: editCommand(step.path, step.oldText, step.newText) } };
    default:
      return null;
  }
}
