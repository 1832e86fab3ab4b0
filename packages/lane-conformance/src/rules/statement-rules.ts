import { Id } from "@stage6/evidence-interface";
import type { ScriptStep } from "@stage6/lane-contract";
import { Value } from "typebox/value";
import type { LaneRule } from "../lane-rule.ts";

const STEPS: readonly ScriptStep[] = [
  { do: "shell", command: "ls" },
  { do: "write", path: "a", content: "b\n" },
  { do: "edit", path: "a", oldText: "b", newText: "c" },
];
const NO_CALLS: readonly ScriptStep[] = [
  { do: "say", text: "done" },
  { do: "fault-hang" },
  { do: "fault-status", status: 500 },
];

const id: LaneRule = {
  id: "lane-id",
  statement: "its id can be the name of a folder",
  check: ({ id: name }: { readonly id: unknown }) =>
    Value.Check(Id, name) ? [] : [`the id ${JSON.stringify(name)} is no Id`],
  broken: (lane) => ({ ...lane, id: "../Lane" }),
};

const testedVersions: LaneRule = {
  id: "tested-versions",
  statement: "it states the versions it was tested against, each once",
  check: ({ testedVersions: versions }) => {
    if (versions.length === 0) return ["no tested version is stated"];
    return new Set(versions).size === versions.length ? [] : ["a tested version is stated twice"];
  },
  broken: (lane) => ({ ...lane, testedVersions: [] }),
};

const toolCalls: LaneRule = {
  id: "tool-calls",
  statement:
    "a lane that asks a model can be asked to run, write and edit, and an answer or a fault is no call",
  check: (lane) => [
    ...NO_CALLS.filter((step) => lane.toolCall(step) !== null).map((step) => `${step.do} became a tool call`),
    ...STEPS.filter((step) => lane.modelClass === "model" && lane.toolCall(step) === null).map(
      (step) => `${step.do} cannot be asked for`,
    ),
  ],
  broken: (lane) => ({ ...lane, toolCall: () => ({ name: "any", arguments: {} }) }),
};

/** Rules about what a lane states of itself. */
export const STATEMENT_RULES: readonly LaneRule[] = [id, testedVersions, toolCalls];
