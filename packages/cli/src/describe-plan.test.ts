import { DEFAULT_POLICY } from "@stage6/comparator";
import { sha256, type PlannedLane, type TrialPlan } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { boundsOf, describePlan } from "./describe-plan.ts";

const lane = (name: string, model: PlannedLane["model"]): PlannedLane => ({
  lane: name,
  state: model === null ? "blocked" : "planned",
  adapterVersion: "1.0.0",
  backendVersion: "1.0.0",
  backendSha256: null,
  model,
  reason: model === null ? { code: "BACKEND_MISSING", detail: "not there", remedy: "install it" } : null,
});
const planOf = (evidenceClass: TrialPlan["evidenceClass"]): TrialPlan => ({
  schemaVersion: "1.0",
  createdAt: "2026-01-01T00:00:00.000Z",
  harness: { name: "stage6", version: "0.0.0" },
  candidate: "codex",
  evidenceClass,
  modelClass: evidenceClass,
  policyDigest: sha256("policy"),
  boundsTier: "default",
  limits: { ...DEFAULT_POLICY.limits, totalMs: 60_000, oracleMs: 30_000, modelRequests: 7 },
  trialsPerCell: 5,
  earlierPlans: ["0123456789abcdef"],
  lanes: [
    lane("case", null),
    lane("codex", { class: evidenceClass, provider: "p", id: "m" }),
    lane("fake", { class: "none", provider: "", id: "" }),
    lane("pi", { class: evidenceClass, provider: "p", id: "m" }),
  ],
  fixtures: ["a", "b"].map((id) => ({
    id,
    digest: sha256(id),
    taskDigest: sha256("task"),
    baseCommit: "a".repeat(40),
  })),
});

test("a plan is bounded in trials, time and requests, and only live requests cost", () => {
  // Three lanes on two fixtures, five trials each; two of the lanes ask a model, seven requests at most.
  const bounds = { trials: 30, worstMs: 30 * 90_000, worstRequests: 140 };
  expect(boundsOf(planOf("scripted"))).toEqual({ ...bounds, worstPaidRequests: 0 });
  expect(boundsOf(planOf("live"))).toEqual({ ...bounds, worstPaidRequests: 140 });
});

test("the bounds, the look and the blocked lane stand in the text", () => {
  const text = describePlan(planOf("live")).join("\n");
  expect(text).toContain(
    "at most:   2 minutes per trial, 45 minutes one after the other, 140 model requests",
  );
  expect(text).toContain("cost:      at most 140 paid model requests");
  expect(text).toContain("will run:  codex, fake, pi: 10 trials each");
  expect(text).toContain("look:      2 at this candidate, after 0123456789abcdef");
  expect(text).toContain("BACKEND_MISSING: not there");
  expect(describePlan(planOf("scripted")).join("\n")).toContain(
    "cost:      none, no request leaves this machine",
  );
});
