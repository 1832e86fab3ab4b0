import { expect, test } from "vitest";
import type { Check } from "./comparison.ts";
import { exitCodeOf, verdictOf } from "./verdict.ts";

const check = (verdict: Check["verdict"], code: string | null): Check => ({
  id: "some-check",
  requirements: [],
  verdict,
  code,
  message: "",
  evidence: [],
});
const INVALID = check("fail", "EXTRA_TRIAL");
const APART = check("fail", "NOT_COMPARABLE_MODEL");
const REFUSED = check("fail", "MISSING_TRIAL");
const OPEN = check("inconclusive", "INSUFFICIENT_EVIDENCE");
const PASS = check("pass", null);

test("exit codes have the precedence 3, 4, 1, 5, 0", () => {
  expect(exitCodeOf([PASS, OPEN, REFUSED, APART, INVALID])).toBe(3);
  expect(exitCodeOf([PASS, OPEN, REFUSED, APART])).toBe(4);
  expect(exitCodeOf([PASS, OPEN, REFUSED])).toBe(1);
  expect(exitCodeOf([PASS, OPEN])).toBe(5);
  expect(exitCodeOf([PASS, check("not-applicable", null)])).toBe(0);
});

test("blocked, unnamed failure and no check at all do not pass", () => {
  expect(exitCodeOf([PASS, check("blocked", null)])).toBe(1);
  expect(exitCodeOf([PASS, check("fail", null)])).toBe(1);
  expect(exitCodeOf([])).toBe(1);
});

test("every exit code has its word", () => {
  expect(([0, 1, 3, 4, 5] as const).map(verdictOf)).toEqual([
    "pass",
    "refused",
    "invalid",
    "not-comparable",
    "inconclusive",
  ]);
});
