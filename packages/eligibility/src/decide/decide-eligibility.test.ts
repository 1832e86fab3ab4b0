import { sha256 } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { NOW, wholeSample } from "../testing/sample-documents.ts";
import { decideEligibility, decisionOf } from "./decide-eligibility.ts";
import { judgeDocuments } from "./judge-documents.ts";

describe("decideEligibility", () => {
  it.each(["scripted", "live"] as const)(
    "R58: a whole root of %s evidence passes every check",
    (evidenceClass) => {
      const { documents } = wholeSample(evidenceClass);
      const decision = decideEligibility(documents, { now: NOW });
      expect(
        decision.checks.filter(({ verdict }) => verdict !== "pass" && verdict !== "not-applicable"),
      ).toEqual([]);
      expect(decision).toMatchObject({
        verdict: "pass",
        recordType: evidenceClass === "live" ? "candidate-default" : "rehearsal",
        activation: "none",
        enabledByDefault: false,
        scope: "child-local",
        mutationScope: "scoped-real-repo",
      });
    },
  );

  it.each(["codex", "fake", "pi", "other"])(
    "R58: live evidence in which everything holds gives the candidate %s no record: its level names Case alone",
    (candidate) => {
      const { documents } = wholeSample("live");
      const judged = judgeDocuments(documents, { now: NOW });
      const comparison = documents.comparison;
      if (comparison === null) throw new Error("the sample has no comparison");
      const other = { ...documents, comparison: { ...comparison, plan: { ...comparison.plan, candidate } } };
      expect(decisionOf(judged, documents, { now: NOW }).recordType).toBe("candidate-default");
      expect(decisionOf(judged, other, { now: NOW }).recordType).toBeNull();
    },
  );

  it("R20: a plan that was changed after its trials is judged by its own digest, whatever digest is stated", () => {
    const { documents } = wholeSample();
    const comparison = documents.comparison;
    if (comparison === null) throw new Error("the sample has no comparison");
    const refused = (change: object): boolean => {
      const changed = { ...documents, comparison: { ...comparison, ...change } };
      const { checks } = decideEligibility(changed, { now: NOW });
      return checks.some(({ id, verdict }) => id === "compare-dimension-report-shape" && verdict === "fail");
    };
    expect(refused({ plan: { ...comparison.plan, createdAt: "2026-05-31T00:00:00.000Z" } })).toBe(true);
    expect(refused({ planDigest: sha256("stated") })).toBe(false);
  });
});
