import type {
  Finding,
  ModelRef,
  Observation,
  PlannedLane,
  Report,
  Sha256,
  TrialPlan,
} from "@stage6/evidence-interface";

/**
 * What a report says about the plan it ran under, held against the plan itself. A backend that was never probed is
 * stated as null and left to the comparison.
 */
export function checkAgainstPlan(report: Report, lane: PlannedLane, planDigest: Sha256): readonly Finding[] {
  const findings: Finding[] = [];
  const differs = (pointer: string, found: string, expected: string): void => {
    if (found !== expected)
      findings.push({ code: "TRIAL_MISMATCH", rule: "plan", file: "report.json", pointer, found, expected });
  };
  differs("/planDigest", report.planDigest, planDigest);
  differs("/lane/adapterVersion", report.lane.adapterVersion, lane.adapterVersion ?? "none");
  if (report.lane.backendSha256 !== null)
    differs("/lane/backendSha256", report.lane.backendSha256, lane.backendSha256 ?? "none");
  differs("/model/planned", modelText(report.model.planned), modelText(lane.model));
  return findings;
}

/**
 * Whether the permission to commit that an observation was judged by is the plan's own: the work branch is there exactly
 * when the plan permits local commits, so that no bundle can grant it to itself. A trial that was never looked at has none.
 */
export function checkLocalCommits(
  observation: Observation,
  plan: Pick<TrialPlan, "localCommits">,
): readonly Finding[] {
  const permitted = plan.localCommits === "permitted";
  const { branch } = observation.workspace;
  if (branch === undefined ? !permitted || observation.preparation.state !== "ready" : permitted) return [];
  return [
    {
      code: "TRIAL_MISMATCH",
      rule: "plan",
      file: "artifacts/observation.json",
      pointer: "/workspace/branch",
      found: branch ?? "none",
      expected: permitted ? "the work branch" : "none",
    },
  ];
}

function modelText(model: ModelRef | null): string {
  return model === null ? "none" : [model.class, model.provider, model.id].join(" ").trim();
}
