import type { ScriptStep } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { playableScript } from "./playable-script.ts";

const commands = [{ name: "test", argv: ["npm", "test", "it's"] }];
const RUN: ScriptStep = { do: "command", name: "test" };
const SHELL: ScriptStep = { do: "shell", command: `'npm' 'test' 'it'\\''s'` };
const SAY: ScriptStep = { do: "say", text: "done" };
const byShell = { toolCall: () => null };
const byName = {
  toolCall: (step: ScriptStep) =>
    step.do === "command" ? { name: "run", arguments: { name: step.name } } : null,
};

test("a lane that runs commands by name plays the step as it is", () => {
  const script = { steps: [RUN, SAY] };
  expect(playableScript({ script, commands }, byName)).toEqual(script);
});

test("for any other the same command is run in its shell, in every role", () => {
  const script = { steps: [RUN, SAY], roles: [{ role: "verifier", steps: [RUN] }], answerDelayMs: 1 };
  expect(playableScript({ script, commands }, byShell)).toEqual({
    steps: [SHELL, SAY],
    roles: [{ role: "verifier", steps: [SHELL] }],
    answerDelayMs: 1,
  });
});

test("a name that the fixture does not know is left to be refused, and no script stays none", () => {
  expect(playableScript({ script: { steps: [RUN] } }, byShell)).toEqual({ steps: [RUN] });
  expect(playableScript({ script: null, commands }, byShell)).toBeNull();
});
