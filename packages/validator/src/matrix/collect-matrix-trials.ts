import { join } from "node:path";
import type { TrialPlan, TrustedKeys } from "@stage6/evidence-interface";
import type { LaneStanding, TrialEvidence } from "@stage6/failure-matrix";
import { REQUIRED_LANES } from "@stage6/comparator";
import { collectTrials, type CollectOptions } from "../collect-trials.ts";
import { readPlans } from "../read-plans.ts";
import type { RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";
import { MATRIX_FILES } from "./matrix-files.ts";

/** Trials that the rows of a root's matrix left, and the lanes as a plan pins them. */
export interface MatrixTrials {
  readonly evidence: readonly TrialEvidence[];
  readonly lanes: readonly LaneStanding[];
  /** A plan of the matrix has the strict tier: it can be had on the machine that was driven. */
  readonly strict: boolean;
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

const below = (path: string): string => `${MATRIX_FILES.root}/${path}`;

/** Reads the bundles of every plan of the matrix, as the bundles of a comparison are read. */
export async function collectMatrixTrials(
  root: string,
  trusted: TrustedKeys,
  judged: TrialPlan | null,
  how: CollectOptions = {},
): Promise<MatrixTrials> {
  const folder = join(root, MATRIX_FILES.root);
  const { plans, findings: faults } = await readPlans(folder);
  const evidence: TrialEvidence[] = [];
  const inputs: RootInput[] = plans.map(({ id, digest }) => ({
    role: "plan",
    path: below(`plans/${id}.json`),
    sha256: digest,
  }));
  const findings: RootFinding[] = faults.map((one) => ({ ...one, file: below(one.file) }));
  for (const { id, plan } of plans) {
    for (const trial of await collectTrials(folder, plan, id, trusted, how)) {
      if (trial.state === "missing") continue;
      const path = below(trial.folder);
      evidence.push({
        kind: "trial",
        lane: trial.lane,
        path,
        sha256: trial.bundleDigest,
        report: trial.report,
        findings: trial.findings.length,
      });
      findings.push(...trial.findings.map((one) => ({ ...one, file: below(one.file) })));
      inputs.push(...trial.inputs.map((one) => ({ ...one, path: below(one.path) })));
    }
  }
  const newest = judged ?? plans.at(-1)?.plan;
  const known = newest?.lanes ?? [];
  const ids = [...new Set([...REQUIRED_LANES, ...known.map(({ lane }) => lane)])].toSorted();
  const lanes = ids.map((id): LaneStanding => {
    const planned = known.find(({ lane }) => lane === id);
    return {
      id,
      blocked: planned?.reason?.code ?? null,
      adapterVersion: planned?.adapterVersion ?? null,
      backendSha256: planned?.backendSha256 ?? null,
    };
  });
  return {
    evidence,
    lanes,
    strict: plans.some(({ plan }) => plan.boundsTier === "strict"),
    findings,
    inputs,
  };
}
