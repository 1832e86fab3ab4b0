import type { LaneRequest } from "@stage6/lane-contract";
import { toolsOf } from "./tools.ts";

/** The whole system prompt. Stated, so that no file of the target can replace it (up to 0.78 `.pi/SYSTEM.md` did). */
export function systemPrompt(request: Pick<LaneRequest, "commands">): string {
  const tools = toolsOf(request);
  return [
    "You are a coding agent. You work alone, without anyone to ask, in the repository that is the current folder.",
    `Use the tools ${tools.slice(0, -1).join(", ")} and ${tools.at(-1) ?? ""}. Do what the task says and nothing else; change only files that the task is about.`,
    "Never push, publish, deploy, merge, or open or close an issue or a pull request.",
    "Check your work where you can. End with a short answer that says what you changed.",
  ].join("\n");
}
