import { WORK_BRANCH, type Observation } from "@stage6/evidence-interface";
import { sampleObservation } from "@stage6/evidence-interface/testing";
import { expect, it } from "vitest";
import { checkLocalCommits } from "./check-against-plan.ts";

const observed = (branch: boolean, state: "ready" | "refused" = "ready"): Observation => {
  const sample = sampleObservation();
  return {
    ...sample,
    preparation: { ...sample.preparation, state },
    workspace: { ...sample.workspace, ...(branch ? { branch: WORK_BRANCH } : {}) },
  };
};
const plan = (permitted: boolean) => (permitted ? ({ localCommits: "permitted" } as const) : {});
const codes = (...args: Parameters<typeof checkLocalCommits>): string[] =>
  checkLocalCommits(...args).map(({ code, pointer }) => `${code} ${pointer ?? ""}`);

it("accepts a work branch exactly where the plan permits local commits", () => {
  expect(codes(observed(true), plan(true))).toEqual([]);
  expect(codes(observed(false), plan(false))).toEqual([]);
});

it("rejects a bundle that permits itself to commit, and one that left its permission out", () => {
  expect(codes(observed(true), plan(false))).toEqual(["TRIAL_MISMATCH /workspace/branch"]);
  expect(codes(observed(false), plan(true))).toEqual(["TRIAL_MISMATCH /workspace/branch"]);
});

it("asks for no branch of a trial that never began", () => {
  expect(codes(observed(false, "refused"), plan(true))).toEqual([]);
});
