import { expect, test } from "vitest";
import { CHECK_IDS, type CheckId, type GateCheck } from "./gate-check.ts";
import { GATE_STEPS, openBefore, type GateStepName } from "./gate-steps.ts";

const check = (id: CheckId, code: string | null): GateCheck => ({
  id,
  requirements: [],
  verdict: code === null ? "pass" : "fail",
  code,
  message: "",
  evidence: [],
});
const without = (id: CheckId): GateCheck[] =>
  CHECK_IDS.map((one) => check(one, one === id ? "NOT_RUN" : null));
/** Steps that a failing check keeps from being taken. */
const stops = (id: CheckId): GateStepName[] =>
  GATE_STEPS.map(({ name }) => name).filter((step) => openBefore(step, without(id)).length > 0);

test("every check stands in exactly one step", () => {
  expect(GATE_STEPS.flatMap(({ checks }): readonly CheckId[] => checks).toSorted()).toEqual(
    [...CHECK_IDS].toSorted(),
  );
});

test.each(CHECK_IDS)("a failing %s stops every step after its own, and no other", (id) => {
  const names = GATE_STEPS.map(({ name }) => name);
  const own = GATE_STEPS.findIndex(({ checks }) => checks.some((one) => one === id));
  expect(stops(id)).toEqual(names.slice(own + 1));
});

test("the evidence of scripted trials stops no record: it makes it a rehearsal", () => {
  expect(stops("evidence-class")).toEqual([]);
});
