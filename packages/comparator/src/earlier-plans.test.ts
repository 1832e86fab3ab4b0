import { sha256, digestHex } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { compare, type CompareInput } from "./compare.ts";
import type { Comparison } from "./comparison.ts";
import { earlierPlansOf, type EarlierPlan } from "./earlier-plans.ts";
import { blockedLane, sampleInput, withReport } from "./testing/documents.ts";
import { changeFirst, cutOff, liveInput } from "./testing/live.ts";
import type { TrialInput } from "./trial-input.ts";

const digest = sha256("an earlier plan");
const id = digestHex(digest).slice(0, 16);

/** A faultless earlier plan and its trials, as they would have been recorded under it. */
function earlierOf(input: CompareInput): EarlierPlan {
  const rename = (trial: TrialInput): TrialInput => {
    const named = withReport(trial, ({ trial: ref }) => ({
      planDigest: digest,
      trial: { ...ref, planId: id },
    }));
    const { observation, manifest } = named;
    return {
      ...named,
      observation:
        observation === null ? null : { ...observation, trial: { ...observation.trial, planId: id } },
      manifest: manifest === null ? null : { ...manifest, trial: { ...manifest.trial, planId: id } },
    };
  };
  const plan = { ...input.plan, createdAt: "2025-12-01T00:00:00.000Z" };
  return { id, digest, plan, trials: input.trials.map(rename) };
}

const later = (input: CompareInput, earlier: readonly EarlierPlan[]): CompareInput => ({
  ...input,
  plan: { ...input.plan, earlierPlans: [id] },
  earlier,
});
const check = ({ checks }: Comparison) => checks.find((one) => one.id === "earlier-plans");

test("a sound earlier plan is pooled: its trials count, and the look is recorded", () => {
  const comparison = compare(later(liveInput(), [earlierOf(liveInput())]));
  expect(comparison.exitCode).toBe(0);
  expect(comparison.plan).toMatchObject({ looks: 2, earlier: [{ id, digest, pooled: true }] });
  expect(comparison.lanes.map(({ trials }) => trials.planned)).toEqual([60, 60, 60, 60]);
});

test("a failure in an earlier plan is not forgotten by planning again", () => {
  const failed = earlierOf(
    changeFirst(liveInput(), "case", 1, (trial) => withReport(trial, () => ({ secretHits: 1 }))),
  );
  const comparison = compare(later(liveInput(), [failed]));
  expect(comparison.exitCode).toBe(1);
  const dimension = comparison.checks.find((one) => one.id === "dimension.artifact-completeness");
  expect(dimension?.evidence[0]).toMatchObject({ trial: `${id}/case/fixture-0/001`, code: "SECRET_LEAK" });
  const missed = compare(later(liveInput(), [earlierOf(changeFirst(liveInput(), "case", 3, cutOff))]));
  expect(missed.exitCode).not.toBe(0);
});

test("a missing trial of an earlier plan is visible, and never passes", () => {
  const { trials, ...earlier } = earlierOf(liveInput());
  const comparison = compare(later(liveInput(), [{ ...earlier, trials: trials.slice(1) }]));
  expect(comparison.exitCode).toBe(1);
  expect(comparison.checks.find((one) => one.id === "trials-complete")).toMatchObject({
    code: "MISSING_TRIAL",
    evidence: [{ trial: `${id}/case/fixture-0/001` }],
  });
});

test("a fixture or a baseline that only the earlier plan had stays compared", () => {
  const more = earlierOf(liveInput(7));
  const dropped = compare(later(liveInput(6), [more]));
  expect(new Set(dropped.cells.map(({ fixture }) => fixture)).size).toBe(7);
  const now = liveInput();
  const lanes = now.plan.lanes.map((lane) => (lane.lane === "pi" ? blockedLane("pi") : lane));
  const without = {
    ...now,
    plan: { ...now.plan, lanes },
    trials: now.trials.filter(({ lane }) => lane !== "pi"),
  };
  const comparison = compare(later(without, [earlierOf(liveInput())]));
  expect(comparison.cells.some(({ verdict }) => verdict === "not-applicable")).toBe(false);
});

test("an earlier plan that is lost, not listed, or made for another candidate refuses", () => {
  expect(check(compare(later(liveInput(), [])))).toMatchObject({
    verdict: "fail",
    code: "EARLIER_PLAN_MISSING",
  });
  const silent = compare({ ...liveInput(), earlier: [earlierOf(liveInput())] });
  expect(check(silent)?.code).toBe("EARLIER_PLAN_UNLISTED");
  const earlier = earlierOf(liveInput());
  const other = { ...earlier, plan: { ...earlier.plan, candidate: "codex" } };
  expect(check(compare(later(liveInput(), [other])))?.code).toBe("EARLIER_PLAN_MISSING");
});

test("earlier scripted plans are listed and counted as looks, and not pooled", () => {
  const comparison = compare(later(sampleInput(), [{ ...earlierOf(sampleInput()), trials: [] }]));
  expect(comparison.exitCode).toBe(0);
  expect(comparison.plan).toMatchObject({ looks: 2, earlier: [{ id, pooled: false }] });
});

test("R19: plans for the same binary with the same class of evidence are due, whatever dates they state, unless they list this one", () => {
  const { plan } = liveInput();
  const known = earlierOf(liveInput());
  const changed = known.plan.lanes.map((lane) =>
    lane.lane === "case" ? { ...lane, backendSha256: digest } : lane,
  );
  const of = (change: Partial<typeof plan>): string[] =>
    earlierPlansOf(plan, [{ ...known, plan: { ...known.plan, ...change } }], "0123456789abcdef").map(
      (one) => one.id,
    );
  expect(of({})).toEqual([id]);
  // Planned again in the same instant, and with a date before the plan that did not turn out well.
  expect(of({ createdAt: plan.createdAt })).toEqual([id]);
  expect(of({ createdAt: "2030-01-01T00:00:00.000Z" })).toEqual([id]);
  expect(of({ earlierPlans: ["0123456789abcdef"] })).toEqual([]);
  expect(earlierPlansOf(plan, [known], id)).toEqual([]);
  expect(of({ evidenceClass: "scripted" })).toEqual([]);
  expect(of({ lanes: changed })).toEqual([]);
});
