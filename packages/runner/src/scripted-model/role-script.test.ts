import type { LaneRoles, Script, ScriptStep } from "@stage6/lane-contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { roleScript, roleScripts } from "./role-script.ts";
import { scriptFaults } from "./script-faults.ts";
import { startScriptedModel } from "./start-scripted-model.ts";

const say = (text: string): ScriptStep => ({ do: "say", text });
const ROLES: LaneRoles = {
  main: "worker",
  of: (system) => (system === "" ? null : system),
  steps: { judge: [say("fine")] },
  answer: (text) => `<${text}>`,
};
const SCRIPT: Script = {
  steps: [say("work")],
  roles: [{ role: "critic", steps: [{ do: "fault-hang" }, say("no")] }],
  answerDelayMs: 3,
};
const chosen = (script: Script | null, system: string, roles: LaneRoles | undefined = ROLES) => {
  const { part, script: played, answer } = roleScript(script, roles, system);
  return { part, steps: played.steps, put: answer("x"), delay: played.answerDelayMs };
};

describe("the part of a script for a role", () => {
  it("is the whole script for a backend without roles", () => {
    expect(roleScripts(SCRIPT, undefined)).toHaveLength(1);
    expect(chosen(SCRIPT, "critic", undefined)).toMatchObject({ part: "critic" });
  });

  it("is the steps for the main role and for one that nobody knows, in the backend's form", () => {
    for (const system of ["worker", ""])
      expect(chosen(SCRIPT, system)).toEqual({ part: "worker", steps: SCRIPT.steps, put: "<x>", delay: 3 });
  });

  it("is the script's own for a role, else the lane's, both as they are", () => {
    expect(chosen(SCRIPT, "critic")).toEqual({
      part: "critic",
      steps: SCRIPT.roles?.[0]?.steps,
      put: "x",
      delay: 3,
    });
    expect(chosen(SCRIPT, "judge")).toEqual({ part: "judge", steps: [say("fine")], put: "x", delay: 3 });
  });

  it("may be the script's own for the main role, and is then put as it is", () => {
    const script = { ...SCRIPT, roles: [{ role: "worker", steps: [say("raw")] }] };
    expect(chosen(script, "worker")).toMatchObject({ steps: [say("raw")], put: "x" });
  });

  it("has faults of its own", () => {
    const faults = scriptFaults(SCRIPT, ROLES);
    expect([faults(0, "critic"), faults(1, "critic"), faults(0, "worker"), faults(0, "judge")]).toEqual([
      { do: "fault-hang" },
      null,
      null,
      null,
    ]);
  });
});

it("a scripted model answers each role from its own part", async () => {
  const model = await startScriptedModel({
    script: SCRIPT,
    toolCall: () => null,
    roles: ROLES,
    modelId: "m",
  });
  if (model.kind !== "started") throw new Error("not started");
  onTestFinished(() => model.close());
  const answer = async (system: string): Promise<unknown> => {
    const response = await fetch(`${model.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", [model.apiKey.header]: model.apiKey.value },
      body: JSON.stringify({
        model: "m",
        messages: [
          { role: "system", content: system },
          { role: "user", content: "go" },
        ],
      }),
      signal: AbortSignal.timeout(10_000),
    });
    return response.json();
  };
  for (const [system, text] of [
    ["worker", "<work>"],
    ["judge", "fine"],
    ["critic", "no"],
  ] as const)
    expect(await answer(system)).toMatchObject({ choices: [{ message: { content: text } }] });
});

it("a script is unplayable when any of its roles is", async () => {
  const roles = { ...ROLES, steps: { judge: [{ do: "shell", command: "ls" } as const] } };
  expect(
    await startScriptedModel({ script: SCRIPT, toolCall: () => null, roles, modelId: "m" }),
  ).toMatchObject({
    kind: "unplayable",
    step: "shell",
  });
});
