import { COMPARISON_CODES } from "@stage6/comparator";
import { FINDING_CODES } from "@stage6/evidence-interface";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { GateCheck } from "./gate-check.ts";
import { ROOT_CODES } from "./root-finding.ts";
import { exitCodeOfCheck, verdictOfChecks, type GateExitCode } from "./verdict-of-checks.ts";

const check = (verdict: GateCheck["verdict"], code: string | null): GateCheck => ({
  id: "check",
  requirements: [],
  verdict,
  code,
  message: "",
  evidence: [],
});

it("gives each kind of failure its exit code", () => {
  const cases: readonly (readonly [GateCheck["verdict"], string | null, GateExitCode])[] = [
    ["pass", null, 0],
    ["not-applicable", null, 0],
    ["fail", null, 1],
    ["blocked", null, 1],
    ["fail", "NOT_RUN", 1],
    ["fail", "STAGE5_MISSING", 1],
    ["fail", "POLICY_WEAKENED", 1],
    ["fail", "DEFAULT_SWITCH_FORBIDDEN", 1],
    ["fail", "MISSING_TRIAL", 1],
    ["fail", "DIGEST_MISMATCH", 3],
    ["fail", "TRUST_ROOT_UNSAFE", 3],
    ["fail", "REPLAY_DIVERGED", 3],
    ["fail", "EXTRA_TRIAL", 3],
    ["fail", "NOT_COMPARABLE_MODEL", 4],
    ["inconclusive", "INSUFFICIENT_EVIDENCE", 5],
    ["fail", "INTERNAL", 70],
  ];
  for (const [verdict, code, exit] of cases)
    expect([code, exitCodeOfCheck({ verdict, code })]).toEqual([code, exit]);
  for (const code of FINDING_CODES) expect(exitCodeOfCheck({ verdict: "fail", code })).toBe(3);
});

it("lets the gravest check decide: 70, 3, 4, 1, 5, 0", () => {
  const gravity = [
    check("pass", null),
    check("inconclusive", "INSUFFICIENT_EVIDENCE"),
    check("fail", "NOT_RUN"),
    check("fail", "NOT_COMPARABLE_BASE"),
    check("fail", "UNREADABLE"),
    check("fail", "INTERNAL"),
  ];
  const verdicts = gravity.map((_, index) => verdictOfChecks(gravity.slice(0, index + 1).toReversed()));
  expect(verdicts.map(({ exitCode }) => exitCode)).toEqual([0, 5, 1, 4, 3, 70]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual([
    "pass",
    "inconclusive",
    "refused",
    "not-comparable",
    "invalid",
    "error",
  ]);
  expect(verdictOfChecks([])).toEqual({ verdict: "refused", exitCode: 1 });
});

it("never passes with a check that does not pass", () => {
  const code = fc.constantFrom(
    null,
    "NOT_RUN",
    "INTERNAL",
    ...FINDING_CODES,
    ...ROOT_CODES,
    ...COMPARISON_CODES,
  );
  const verdict = fc.constantFrom<GateCheck["verdict"]>(
    "pass",
    "fail",
    "blocked",
    "not-applicable",
    "inconclusive",
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(verdict, code)),
      fc.constantFrom<GateCheck["verdict"]>("fail", "blocked", "inconclusive"),
      code,
      (others, bad, why) => {
        const checks = others.map(([word, reason]) => check(word, reason));
        expect(verdictOfChecks([...checks, check(bad, why)]).exitCode).not.toBe(0);
      },
    ),
  );
});
