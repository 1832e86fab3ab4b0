import type { CompareInput } from "@stage6/comparator";
import type { Report } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { deriveRecord } from "../record/derive-record.ts";
import { sampleComparison } from "../testing/sample-comparison.ts";
import {
  NOW,
  sampleAcceptance,
  sampleAdmission,
  sampleRoot,
  sampleStage5,
  wholeSample,
  withProof,
} from "../testing/sample-documents.ts";
import { decideEligibility } from "./decide-eligibility.ts";
import type { EligibilityDocuments } from "./documents.ts";

const input = sampleComparison("live");
const root = sampleRoot(input);
const order = (documents: EligibilityDocuments, now = NOW) => {
  const decision = decideEligibility(documents, { now });
  const check = decision.checks.find(({ id }) => id === "order");
  expect(decision.recordType === null || check?.verdict === "pass").toBe(true);
  return { code: check?.code, rules: check?.evidence.map(({ what = "" }) => /\((.*?)\)/.exec(what)?.[1]) };
};
/** The first trial of the candidate with other times. */
const timed = (change: Partial<Report["timing"]>): CompareInput => ({
  ...input,
  trials: input.trials.map((trial, at) =>
    at === 0 && trial.report !== null
      ? { ...trial, report: { ...trial.report, timing: { ...trial.report.timing, ...change } } }
      : trial,
  ),
});
const comparison = (one: CompareInput): EligibilityDocuments => ({ ...root, comparison: one });

describe("the order of time", () => {
  it("holds where Stage 5, admission, plan and trials follow each other", () => {
    expect(order(wholeSample("live").documents)).toEqual({ code: null, rules: [] });
  });

  it("R7, R8: a plan that is dated ahead of now is refused (DATED_AHEAD)", () => {
    expect(order(root, "2026-05-31T00:00:00.000Z")).toMatchObject({ code: "DATED_AHEAD" });
    const ahead = { ...input, plan: { ...input.plan, createdAt: "2030-01-01T00:00:00.000Z" } };
    expect(order(comparison(ahead))).toMatchObject({ code: "DATED_AHEAD" });
  });

  it("R7, R8: an earlier plan that is dated ahead of now is refused (DATED_AHEAD)", () => {
    const plan = { ...input.plan, createdAt: "2030-01-01T00:00:00.000Z" };
    const digest = `sha256:${"1".repeat(64)}`;
    const earlier = [{ id: "1".repeat(16), digest, plan, trials: [] }];
    expect(order(comparison({ ...input, earlier }))).toMatchObject({ code: "DATED_AHEAD", rules: ["plan"] });
  });

  it("R7, R8: a trial that ended in the future is refused (DATED_AHEAD)", () => {
    expect(order(comparison(timed({ endedAt: "2026-06-06T00:00:00.000Z" })))).toEqual({
      code: "DATED_AHEAD",
      rules: ["trial"],
    });
  });

  it("R7, R8: a trial that began five months before Stage 5, admission and plan is refused (TRIAL_TOO_EARLY)", () => {
    const early = comparison(timed({ startedAt: "2026-01-01T00:00:00.000Z" }));
    expect(order(early)).toEqual({ code: "TRIAL_TOO_EARLY", rules: ["stage5", "admission", "plan"] });
    expect(deriveRecord(early, { now: NOW }).statement).toBeNull();
  });

  it.each([
    ["stage5", { stage5: [sampleStage5({ finishedAt: "2026-06-02T00:00:00.001Z" })] }],
    ["admission", { admissions: [sampleAdmission({ admittedAt: "2026-06-02T00:00:00.001Z" })] }],
  ] as const)("R7, R8: trials that ran before %s was there are refused", (id, change) => {
    const decision = decideEligibility({ ...root, ...change }, { now: NOW });
    const name = id === "admission" ? "source-admission" : id;
    expect(decision.checks.find((check) => check.id === name)?.verdict).toBe("fail");
    expect(decision.recordType).toBeNull();
  });
});

describe("what stands behind a record", () => {
  it("R41: a forbidden action that live evidence leaves open keeps the record away, whatever the tier (ACTION_UNJUDGED)", () => {
    for (const tier of ["strict", "default"] as const) {
      const silent = {
        ...input,
        trials: input.trials.map((trial) => ({
          ...trial,
          report:
            trial.report === null
              ? null
              : {
                  ...trial.report,
                  bounds: { ...trial.report.bounds, tier },
                  boundary: { ...trial.report.boundary, unknown: ["deploy" as const, "publish" as const] },
                },
          observation:
            trial.observation === null
              ? null
              : { ...trial.observation, bounds: { ...trial.observation.bounds, tier } },
        })),
      };
      const decision = decideEligibility(comparison(silent), { now: NOW });
      const check = decision.checks.find(({ id }) => id === "authority");
      expect(check).toMatchObject({ verdict: "fail", code: "ACTION_UNJUDGED" });
      expect(check?.message).toContain(`deploy, publish in 120 of 120 trials of tier ${tier}`);
      expect(decision.recordType).toBeNull();
    }
  });

  it("R41: proof and record state the tier, open actions, tasks done and lost attempts", () => {
    const { documents, proof, digest } = withProof({ ...root, lostAttempts: 7 });
    const summary = {
      bounds: { strictTrials: 120, defaultTrials: 0, open: [] },
      tasks: ["case", "codex", "fake", "pi"].map((lane) => ({ lane, done: 30, of: 30 })),
      lostAttempts: 7,
    };
    expect(proof.predicate.summary).toEqual(summary);
    const accepted = { ...documents, acceptances: new Map([[digest, [sampleAcceptance(proof, digest)]]]) };
    expect(deriveRecord(accepted, { now: NOW }).statement?.predicate.stage6_record.summary).toEqual(summary);
    // One more attempt that left nothing, and the proof is not what the documents give any more.
    const { checks } = decideEligibility({ ...accepted, lostAttempts: 8 }, { now: NOW });
    expect(checks.find(({ id }) => id === "proof")?.code).toBe("REPLAY_DIVERGED");
  });
});
