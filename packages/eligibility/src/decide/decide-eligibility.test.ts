import { describe, expect, it } from "vitest";
import { NOW, wholeSample } from "../testing/sample-documents.ts";
import { decideEligibility } from "./decide-eligibility.ts";

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
});
