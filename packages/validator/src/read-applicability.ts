import { applicabilityPath, ApplicabilityStatement, type ApplicabilityInput } from "@stage6/comparator";
import {
  checkDocument,
  digestHex,
  openEnvelope,
  parseStrictBytes,
  strictFinding,
  type Finding,
  type Sha256,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { readRootFile } from "./read-root-file.ts";
import type { PlanEntry } from "./read-plans.ts";
import type { RootFinding } from "./root-finding.ts";
import type { RootInput } from "./root-input.ts";

/** The records of lanes that are not applicable to a plan, as far as they could be read. */
export interface ReadApplicability {
  readonly records: readonly ApplicabilityInput[];
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

/**
 * Reads the signed record of every lane of a plan; one that is not there is no finding here. A record that no trusted
 * key signed, or that was signed for other bytes of the plan, is a finding, and null in `records`.
 */
export async function readApplicability(
  root: string,
  { id, digest, plan }: PlanEntry,
  trusted: TrustedKeys,
): Promise<ReadApplicability> {
  const records: ApplicabilityInput[] = [];
  const findings: RootFinding[] = [];
  const inputs: RootInput[] = [];
  for (const { lane } of plan.lanes) {
    const path = applicabilityPath(lane, id);
    const file = await readRootFile(root, path);
    if (!file.ok) {
      if (file.finding.code === "ARTIFACT_MISSING") continue;
      findings.push(file.finding);
      records.push({ lane, digest: null, record: null });
      continue;
    }
    const opened = openRecord(file.bytes, path, digest, trusted);
    findings.push(...opened.findings);
    records.push({ lane, digest: file.sha256, record: opened.statement?.predicate ?? null });
    inputs.push({ role: "applicability", path, sha256: file.sha256 });
  }
  return { records, findings, inputs };
}

function openRecord(
  bytes: Uint8Array,
  file: string,
  planDigest: Sha256,
  trusted: TrustedKeys,
): { readonly statement: ApplicabilityStatement | null; readonly findings: readonly Finding[] } {
  const refused = (finding: Finding) => ({ statement: null, findings: [finding] });
  const opened = openEnvelope(bytes, trusted);
  if (!opened.ok) return refused({ code: opened.code, rule: opened.rule, file, found: opened.found });
  const json = parseStrictBytes(opened.payload);
  if (!json.ok) return refused(strictFinding(json, file));
  const { value, findings } = checkDocument(ApplicabilityStatement, json.value, file);
  if (value === null) return { statement: null, findings };
  const named = value.subject[0]?.digest.sha256 ?? "";
  if (named !== digestHex(planDigest))
    return refused({
      code: "DIGEST_MISMATCH",
      rule: "subject",
      file,
      found: `sha256:${named}`,
      expected: planDigest,
    });
  return { statement: value, findings: [] };
}
