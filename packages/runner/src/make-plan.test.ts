import { sha256, TrialPlan, validateDocument } from "@stage6/evidence-interface";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlan, planIntent, sealPlan, type LaneCandidate, type PlanInput } from "./make-plan.ts";
import type { LoadedFixture } from "./read-fixture.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { LIMITS } from "./testing/trial-root.ts";

let folder: string;
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => removeTempFolder(folder));

const DIGEST = `sha256:${"a".repeat(64)}`;

function fixture(id: string): LoadedFixture {
  const task = "Do it.\n";
  return {
    fixture: {
      schemaVersion: "1.0",
      id,
      title: id,
      repository: { bundle: "repo.bundle", baseCommit: "b".repeat(40), baseTree: "c".repeat(40) },
      task: { file: "task.md", sha256: sha256(task) },
      allowedPaths: ["src/**"],
      expects: "change",
      oracle: { argv: ["true"], files: [] },
      script: null,
    },
    digest: DIGEST,
    folder: "/fixtures",
    task,
    ownership: { record: null, digest: null, fault: null },
  };
}

function probed(id: string, modelClass: "model" | "none"): LaneCandidate {
  const backend = {
    executable: "/bin/x",
    args: [],
    sha256: DIGEST,
    installation: ["/bin/x"],
    source: "config",
  } as const;
  return {
    kind: "probed",
    lane: stubLane(folder, "", { id, modelClass }),
    probed: { lane: id, state: "available", version: "9.9.9", note: null, confined: true, backend },
  };
}

const REASON = { code: "BACKEND_MISSING", detail: "not there", remedy: "Install it." } as const;

function input(change: Partial<PlanInput> = {}): PlanInput {
  return {
    createdAt: "2026-01-01T00:00:00.000Z",
    harness: { name: "stage6", version: "0.0.0" },
    candidate: "zeta",
    evidenceClass: "scripted",
    model: { class: "scripted", provider: "scripted", id: "model-1" },
    policyDigest: DIGEST,
    limits: LIMITS,
    trialsPerCell: 2,
    lanes: [
      probed("zeta", "model"),
      { kind: "blocked", id: "mu", ...REASON },
      {
        kind: "probed",
        lane: stubLane(folder, "", { id: "beta" }),
        probed: { lane: "beta", state: "blocked", confined: null, ...REASON },
      },
      probed("alpha", "none"),
    ],
    fixtures: [fixture("two"), fixture("one")],
    ...change,
  };
}

describe("a plan", () => {
  it("fits its schema and lists lanes and fixtures sorted", () => {
    const plan = makePlan(input());
    expect(validateDocument(TrialPlan, plan).ok).toBe(true);
    expect(plan.lanes.map(({ lane, state }) => [lane, state])).toEqual([
      ["alpha", "planned"],
      ["beta", "blocked"],
      ["mu", "blocked"],
      ["zeta", "planned"],
    ]);
    expect(plan.fixtures.map(({ id }) => id)).toEqual(["one", "two"]);
  });

  it("pins adapter, version, binary and model of a planned lane", () => {
    const [alpha, , , zeta] = makePlan(input()).lanes;
    const pinned = { adapterVersion: "1.2.3", backendVersion: "9.9.9", backendSha256: DIGEST, reason: null };
    expect(zeta).toMatchObject({
      ...pinned,
      model: { class: "scripted", provider: "scripted", id: "model-1" },
    });
    expect(alpha).toMatchObject({ ...pinned, model: { class: "none", provider: "", id: "" } });
  });

  it("keeps a blocked lane with its reason and without a backend", () => {
    const [, beta, mu] = makePlan(input()).lanes;
    const none = { state: "blocked", backendVersion: null, backendSha256: null, model: null, reason: REASON };
    expect(beta).toEqual({ lane: "beta", adapterVersion: "1.2.3", ...none });
    expect(mu).toEqual({ lane: "mu", adapterVersion: null, ...none });
  });

  it("does not depend on the order in which lanes and fixtures are given", () => {
    const { lanes, fixtures } = input();
    const turned = makePlan(input({ lanes: lanes.toReversed(), fixtures: fixtures.toReversed() }));
    expect(turned).toEqual(makePlan(input()));
  });

  it("has the same intent whenever it was made, and another one when anything else differs", () => {
    const intent = planIntent(makePlan(input()));
    expect(planIntent(makePlan(input({ createdAt: "2027-02-02T00:00:00.000Z" })))).toBe(intent);
    const changes: Partial<PlanInput>[] = [
      { trialsPerCell: 3 },
      { candidate: "alpha" },
      { evidenceClass: "live" },
      { limits: { ...LIMITS, totalMs: 1 } },
      { policyDigest: sha256("other") },
      { fixtures: [fixture("one")] },
      { model: { class: "scripted", provider: "scripted", id: "model-2" } },
    ];
    for (const change of changes) expect(planIntent(makePlan(input(change)))).not.toBe(intent);
  });

  it("has frozen bytes", () => {
    const plan = makePlan(input());
    const sealed = sealPlan(plan);
    expect(Buffer.from(sealed.bytes).toString("utf8")).toBe(JSON.stringify(plan));
    expect(sealed.digest).toBe(sha256(sealed.bytes));
    expect(sealed.id).toBe(sealed.digest.slice(7, 23));
    expect(sealed.id).toBe("636151eeb57092c5");
  });
});
