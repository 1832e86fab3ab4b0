import type { Policy } from "@stage6/comparator";
import { sha256, validateDocument } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { judgeDocuments } from "../decide/judge-documents.ts";
import { NOW, wholeSample } from "../testing/sample-documents.ts";
import { deriveGrounds, Grounds, modelBehind, recordTypeOn, renderGrounds } from "./grounds.ts";
import { deriveLaneResults, deriveVerdict } from "./standard-results.ts";

const sourcesOf = (evidenceClass: "live" | "scripted") => {
  const { sources } = judgeDocuments(wholeSample(evidenceClass).documents, { now: NOW });
  if (sources === null) throw new Error("the sample gives no proof");
  return sources;
};
const live = sourcesOf("live");
const scripted = sourcesOf("scripted");
const SERVER = "a server of the operator's own, reviewed and pinned by digest";

const on = (
  change: Partial<NonNullable<Policy["liveModel"]>>,
  { input, comparison, admission } = live,
): Grounds => {
  const liveModel = {
    provider: "openai",
    id: "gpt",
    url: "https://models.example.com/v1",
    keyHeader: "authorization",
    keyVariable: "MODEL_KEY",
    ...change,
  } as const;
  return deriveGrounds({ ...input, policy: { ...input.policy, liveModel } }, comparison, admission);
};

describe("what a proof rests on", () => {
  it("R41, R46: is derived from plan, policy, trials and admission", () => {
    const { input, comparison } = live;
    const grounds = on({});
    expect(validateDocument(Grounds, grounds).ok).toBe(true);
    expect(grounds).toMatchObject({
      evidenceClass: "live",
      model: { address: "public", localServer: null },
      trials: input.trials.length,
      looks: 1,
      fixtures: input.plan.fixtures.length,
      cells: { compared: comparison.cells.length, notApplicable: 0 },
    });
    expect(grounds.lanes.map(({ lane, role }) => `${lane} ${role}`)).toEqual(
      input.plan.lanes.map(({ lane }) => `${lane} ${lane === "case" ? "candidate" : "baseline"}`),
    );
    expect(renderGrounds(grounds).join("\n")).toContain("at a public address");
  });

  it("R19: names no address where no model of the policy answered", () => {
    const grounds = on({ url: "http://127.0.0.1:1/v1" }, scripted);
    expect(grounds.model).toMatchObject({ address: "none" });
    expect(recordTypeOn(grounds)).toBe("rehearsal");
  });

  it.each([
    ["https://models.example.com/v1", undefined, "candidate-default"],
    ["http://127.0.0.1:9/v1", undefined, "rehearsal"],
    ["http://localhost:9/v1", undefined, "rehearsal"],
    ["http://127.0.0.1:9/v1", SERVER, "candidate-default"],
  ] as const)("R19: a model at %s, of which the policy says %s, gives a %s", (url, localServer, type) => {
    const grounds = on({ url, ...(localServer === undefined ? {} : { localServer }) });
    expect(recordTypeOn(grounds)).toBe(type);
    if (localServer !== undefined) expect(renderGrounds(grounds)[0]).toContain(localServer);
  });

  it.each([
    ["another model", { id: "gpt-other" }],
    ["another provider", { provider: "other" }],
  ])("R19, R20: a policy that names %s than the plan's gives a rehearsal", (_, change) => {
    const grounds = on(change);
    expect(grounds.model.address).toBe("none");
    expect(recordTypeOn(grounds)).toBe("rehearsal");
  });

  it("R19, R20: a policy that names no model gives a rehearsal", () => {
    const { liveModel: _, ...policy } = live.input.policy;
    expect(modelBehind(live.input.plan, policy)).toMatchObject({ address: "none" });
    const grounds = deriveGrounds({ ...live.input, policy }, live.comparison, live.admission);
    expect(recordTypeOn(grounds)).toBe("rehearsal");
  });

  it("R19: no property and no test of a rehearsal has the name of one of live evidence", () => {
    const names = ({ comparison, admission }: typeof live): string[] => [
      ...deriveVerdict(comparison, admission.statement.subject, NOW).predicate.properties,
      ...deriveLaneResults(comparison, sha256("comparison")).flatMap(({ predicate }) => [
        ...predicate.passedTests,
        ...predicate.failedTests,
      ]),
    ];
    const real = new Set(names(live));
    expect(real).toContain("STAGE6_COMPARISON_PASSED");
    expect(names(scripted)).toContain("STAGE6_REHEARSAL_COMPARISON_PASSED");
    expect(names(scripted).filter((name) => real.has(name))).toEqual([]);
  });
});
