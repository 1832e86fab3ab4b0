import type { Finding, ModelRef, PlannedLane, Report, Sha256 } from "@stage6/evidence-interface";

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

function modelText(model: ModelRef | null): string {
  return model === null ? "none" : [model.class, model.provider, model.id].join(" ").trim();
}
