import { ApplicabilityRecord, type ApplicabilityInput } from "@stage6/comparator";
import type { PlanEntry } from "./read-plans.ts";
import { readDocument } from "./read-document.ts";
import type { RootFinding } from "./root-finding.ts";
import type { RootInput } from "./root-input.ts";

/** The records of lanes that are not applicable to a plan, as far as they could be read. */
export interface ReadApplicability {
  readonly records: readonly ApplicabilityInput[];
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

/** Reads `lanes/<lane>/applicability/<planId>.json` of every lane of a plan; a record that is not there is no finding here. */
export async function readApplicability(root: string, { id, plan }: PlanEntry): Promise<ReadApplicability> {
  const records: ApplicabilityInput[] = [];
  const findings: RootFinding[] = [];
  const inputs: RootInput[] = [];
  for (const { lane } of plan.lanes) {
    const path = `lanes/${lane}/applicability/${id}.json`;
    const { value, sha256, findings: faults } = await readDocument(root, path, ApplicabilityRecord);
    if (faults.some(({ code }) => code === "ARTIFACT_MISSING") && sha256 === null) continue;
    records.push({ lane, digest: sha256, record: value });
    findings.push(...faults);
    if (sha256 !== null) inputs.push({ role: "applicability", path, sha256 });
  }
  return { records, findings, inputs };
}
