import { BLOCK_REASONS } from "@stage6/evidence-interface";
import { describe, expect, test } from "vitest";
import { compare, type CompareInput } from "./compare.ts";
import {
  blockedLane,
  changeLane,
  digestOf,
  plannedLane,
  samplePlan,
  sampleInput,
  withObservation,
  withReport,
} from "./testing/documents.ts";
import type { Check, Comparison } from "./comparison.ts";
import type { TrialInput } from "./trial-input.ts";

const check = (comparison: Comparison, id: string): Check | undefined =>
  comparison.checks.find((one) => one.id === id);
const planWith = (...lanes: ReturnType<typeof plannedLane>[]): CompareInput =>
  sampleInput(samplePlan({ lanes }));
const [codex, fake, pi, candidate] = [
  plannedLane("codex"),
  plannedLane("fake"),
  plannedLane("pi"),
  plannedLane("case"),
];

describe("the plan is the denominator", () => {
  test("each single missing trial is visible, and never passes", () => {
    const input = sampleInput();
    for (const [at, { lane, fixture, number }] of input.trials.entries()) {
      for (const gone of [
        input.trials.toSpliced(at, 1),
        input.trials.with(at, missing(lane, fixture, number)),
      ]) {
        const comparison = compare({ ...input, trials: gone });
        expect(comparison.exitCode).toBe(1);
        expect(check(comparison, "trials-complete")).toMatchObject({
          verdict: "fail",
          code: "MISSING_TRIAL",
          evidence: [{ trial: `${lane}/${fixture}/00${number}` }],
        });
        const own = comparison.lanes.find((one) => one.lane === lane);
        expect(own?.trials).toEqual({ planned: 4, present: 3, valid: 3 });
        expect(
          own?.dimensions.every(({ state, violations }) => state === "violated" && violations === 1),
        ).toBe(true);
        const cells = comparison.cells.filter(
          (cell) => cell.fixture === fixture && (lane === "case" || cell.baseline === lane),
        );
        expect(new Set(cells.map(({ verdict, code }) => `${verdict} ${code ?? ""}`))).toEqual(
          new Set([lane === "case" ? "worse MISSING_TRIAL" : "inconclusive MISSING_TRIAL"]),
        );
      }
    }
  });

  test("a trial the plan does not know, or knows twice, makes the comparison invalid", () => {
    const input = sampleInput();
    const [first] = input.trials;
    if (first === undefined) throw new Error("no trial");
    for (const extra of [
      first,
      { ...first, number: 3 },
      { ...first, lane: "other" },
      { ...first, fixture: "other" },
      { ...first, number: 3, state: "extra" as const },
    ]) {
      const comparison = compare({ ...input, trials: [...input.trials, extra] });
      expect(comparison.exitCode).toBe(3);
      expect(check(comparison, "trials-complete")?.code).toBe("EXTRA_TRIAL");
    }
    const twice = compare({ ...input, trials: [...input.trials, first] });
    expect(
      twice.cells.filter(({ verdict, code }) => verdict === "invalid" && code === "EXTRA_TRIAL"),
    ).toHaveLength(15);
  });
});

describe("an invalid bundle", () => {
  const finding = { code: "DIGEST_MISMATCH", rule: "sha256", file: "artifacts/stdout" } as const;
  const ways: readonly (readonly [string, (trial: TrialInput) => TrialInput])[] = [
    ["a finding", (trial) => ({ ...trial, findings: [finding] })],
    ["the word of the reader", (trial) => ({ ...trial, state: "invalid" })],
    ["no report", (trial) => ({ ...trial, report: null })],
    ["no observation", (trial) => ({ ...trial, observation: null })],
    ["no manifest", (trial) => ({ ...trial, manifest: null })],
    ["no digest", (trial) => ({ ...trial, bundleDigest: null })],
  ];

  test.each(ways)("of the candidate, by %s, is exit 3", (_, spoil) => {
    const comparison = compare(changeLane(sampleInput(), "case", spoil));
    expect(comparison.exitCode).toBe(3);
    expect(check(comparison, "bundles-valid")?.code).toBe("CANDIDATE_INVALID");
    expect(comparison.cells.every(({ verdict }) => verdict === "invalid")).toBe(true);
  });

  test.each(ways)("of a baseline, by %s, is no free win", (_, spoil) => {
    const comparison = compare(changeLane(sampleInput(), "pi", spoil));
    expect(comparison.exitCode).toBe(3);
    expect(check(comparison, "bundles-valid")?.code).toBe("BASELINE_INVALID");
    expect(comparison.cells.some(({ verdict }) => verdict === "beats")).toBe(false);
  });
});

describe("lanes", () => {
  test("a blocked real baseline is not applicable, with its reason", () => {
    const comparison = compare(planWith(candidate, codex, fake, blockedLane("pi")));
    expect(comparison.exitCode).toBe(0);
    expect(
      comparison.cells
        .filter(({ baseline }) => baseline === "pi")
        .every(({ verdict, code }) => verdict === "not-applicable" && code === BLOCK_REASONS[0]),
    ).toBe(true);
    expect(check(comparison, "baselines-present")?.message).toContain("pi (BACKEND_MISSING)");
  });

  test("a plan in which no lane can run has no trial and no bundle that would be whole", () => {
    const none = compare(planWith(...["case", "codex", "fake", "pi"].map((lane) => blockedLane(lane))));
    for (const id of ["trials-complete", "bundles-valid"])
      expect(check(none, id)).toMatchObject({ verdict: "fail", code: "EVIDENCE_MISSING" });
    const planned = compare({ ...sampleInput(), trials: [] });
    expect(check(planned, "bundles-valid")).toMatchObject({ verdict: "fail", code: "EVIDENCE_MISSING" });
  });

  test("both real baselines blocked is insufficient", () => {
    const comparison = compare(planWith(candidate, blockedLane("codex"), fake, blockedLane("pi")));
    expect(comparison.exitCode).toBe(1);
    expect(comparison.standing).toBe("won-but-blocked");
    expect(check(comparison, "real-baselines")?.code).toBe("INSUFFICIENT_COMPARISON");
  });

  test("a real baseline that was compared on some fixtures alone is none", () => {
    const input = planWith(candidate, codex, fake, blockedLane("pi"));
    const trials = input.trials.filter(({ lane, fixture }) => lane !== "codex" || fixture !== "fix-bug");
    const comparison = compare({ ...input, trials });
    expect(check(comparison, "real-baselines")).toMatchObject({
      verdict: "fail",
      code: "INSUFFICIENT_COMPARISON",
    });
    expect(check(compare(input), "real-baselines")?.verdict).toBe("pass");
  });

  test("without any baseline no dimension is decided", () => {
    const alone = compare(planWith(candidate));
    const dimensions = alone.checks.filter(({ id }) => id.startsWith("dimension."));
    expect(dimensions).toHaveLength(5);
    for (const dimension of dimensions)
      expect(dimension).toMatchObject({ verdict: "inconclusive", code: "INSUFFICIENT_COMPARISON" });
    expect(alone.exitCode).not.toBe(0);
  });

  test("a candidate that is codex does not count as its own baseline", () => {
    const plan = samplePlan({
      candidate: "codex",
      lanes: [blockedLane("case"), codex, fake, blockedLane("pi")],
    });
    expect(check(compare(sampleInput(plan)), "real-baselines")?.verdict).toBe("fail");
    expect(
      compare(sampleInput(samplePlan({ candidate: "codex", lanes: [blockedLane("case"), codex, fake, pi] })))
        .exitCode,
    ).toBe(0);
  });

  test("a lane left out, or blocked without a reason, is a silent omission", () => {
    const without = compare(planWith(candidate, codex, fake));
    const mute = compare(planWith(candidate, codex, fake, { ...blockedLane("pi"), reason: null }));
    for (const comparison of [without, mute]) {
      expect(comparison.exitCode).not.toBe(0);
      expect(check(comparison, "baselines-present")?.code).toBe("LANE_SILENTLY_OMITTED");
    }
  });

  test("fake is never blocked", () => {
    const comparison = compare(planWith(candidate, codex, blockedLane("fake"), pi));
    expect(comparison.exitCode).toBe(3);
    expect(check(comparison, "baselines-present")?.code).toBe("LANE_NA_INVALID");
    expect(
      comparison.cells
        .filter(({ baseline }) => baseline === "fake")
        .every(({ verdict }) => verdict === "invalid"),
    ).toBe(true);
  });

  test("a blocked lane that left trials contradicts itself", () => {
    const comparison = compare({
      ...planWith(candidate, codex, fake, blockedLane("pi")),
      trials: sampleInput().trials,
    });
    expect(comparison.exitCode).toBe(3);
    expect(check(comparison, "baselines-present")?.code).toBe("LANE_NA_CONTRADICTED");
  });

  test("a candidate that is blocked, unplanned or left nothing is unavailable in every cell", () => {
    const none = { ...sampleInput(), trials: sampleInput().trials.filter(({ lane }) => lane !== "case") };
    for (const input of [planWith(blockedLane("case"), codex, fake, pi), planWith(codex, fake, pi), none]) {
      const comparison = compare(input);
      expect(comparison.exitCode).toBe(1);
      expect(comparison.standing).toBe("undecided");
      expect(check(comparison, "candidate-present")?.code).toBe("CANDIDATE_UNAVAILABLE");
      expect(
        comparison.cells.every(
          ({ verdict, code }) => verdict === "inconclusive" && code === "CANDIDATE_UNAVAILABLE",
        ),
      ).toBe(true);
    }
  });
});

describe("policy", () => {
  const input = sampleInput();

  test("another policy, or other limits than it wants, is a mismatch", () => {
    expect(check(compare({ ...input, policyDigest: digestOf("other") }), "policy-bound")?.code).toBe(
      "POLICY_MISMATCH",
    );
    const policy = { ...input.policy, limits: { ...input.policy.limits, totalMs: 1 } };
    expect(check(compare({ ...input, policy }), "policy-bound")?.message).toBe(
      "limit totalMs: planned 600000, policy 1",
    );
  });

  test.each(Object.keys(input.policy.limits))(
    "another limit %s than the policy wants is a mismatch",
    (name) => {
      const policy = { ...input.policy, limits: { ...input.policy.limits, [name]: 7 } };
      const { verdict, code, message } = check(compare({ ...input, policy }), "policy-bound") ?? {};
      expect({ verdict, code }).toEqual({ verdict: "fail", code: "POLICY_MISMATCH" });
      expect(message).toMatch(new RegExp(`^limit ${name}: planned [0-9]+, policy 7$`));
    },
  );

  test("too few trials are inconclusive and name the number needed", () => {
    const comparison = compare({
      ...input,
      policy: { ...input.policy, trialsPerCell: { scripted: 3, live: 10 } },
    });
    expect(comparison.exitCode).toBe(5);
    expect(comparison.standing).toBe("won-but-blocked");
    expect(check(comparison, "trials-sufficient")).toMatchObject({
      verdict: "inconclusive",
      code: "INSUFFICIENT_EVIDENCE",
      message: "2 trials per cell planned, the policy wants 3 with scripted evidence",
    });
  });

  test("scripted models cannot be called live evidence", () => {
    const comparison = compare(sampleInput(samplePlan({ evidenceClass: "live" })));
    expect(check(comparison, "evidence-class")?.code).toBe("EVIDENCE_CLASS_MISMATCH");
  });

  test("no lane but fake may be without a model", () => {
    const none = (lane: string) => ({
      ...plannedLane(lane),
      model: { class: "none" as const, provider: "", id: "" },
    });
    for (const lane of ["case", "codex", "pi"]) {
      const lanes = ["case", "codex", "fake", "pi"].map((one) =>
        one === lane ? none(one) : plannedLane(one),
      );
      expect(check(compare(planWith(...lanes)), "evidence-class")).toMatchObject({
        verdict: "fail",
        code: "EVIDENCE_CLASS_MISMATCH",
        message: `evidence is called scripted, but ${lane} has model class none`,
      });
    }
    expect(check(compare(input), "evidence-class")?.verdict).toBe("pass");
  });

  test("the strict floor refuses the default tier, and silent actions are named", () => {
    const strict = { ...input, policy: { ...input.policy, boundsTierFloor: "strict" as const } };
    expect(check(compare(strict), "bounds-floor")?.code).toBe("BOUNDS_BELOW_FLOOR");
    expect(compare(strict).exitCode).toBe(1);
    const unknown = changeLane(input, "case", (trial) =>
      withReport(
        withObservation(trial, ({ actions }) => ({
          actions: actions.map((one) => (one.action === "deploy" ? { ...one, verdict: "unknown" } : one)),
        })),
        ({ boundary }) => ({ boundary: { ...boundary, unknown: ["deploy"] } }),
      ),
    );
    expect(compare(unknown).exitCode).toBe(0);
    expect(check(compare(unknown), "bounds-floor")?.message).toContain("deploy");
  });
});

test("now is carried and decides nothing", () => {
  const { now, ...rest } = compare({ ...sampleInput(), now: "2026-01-02T00:00:00.000Z" });
  expect(now).toBe("2026-01-02T00:00:00.000Z");
  expect(rest).toEqual(compare(sampleInput()));
});

function missing(lane: string, fixture: string, number: number): TrialInput {
  return {
    lane,
    fixture,
    number,
    bundleDigest: null,
    state: "missing",
    findings: [],
    report: null,
    observation: null,
    manifest: null,
    eventTypes: [],
  };
}
