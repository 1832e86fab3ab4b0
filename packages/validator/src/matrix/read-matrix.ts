import type { Timestamp, TrialPlan, TrustedKeys } from "@stage6/evidence-interface";
import {
  checkMatrix,
  cover,
  FailureMatrix,
  type Coverage,
  type MatrixBlock,
  type MatrixEvidence,
} from "@stage6/failure-matrix";
import type { CollectOptions } from "../collect-trials.ts";
import { readDocument } from "../read-document.ts";
import type { RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";
import { collectMatrixTrials } from "./collect-matrix-trials.ts";
import { MATRIX_FILES } from "./matrix-files.ts";
import { readBlocks } from "./read-blocks.ts";
import { readInjections } from "./read-injections.ts";

/** The failure matrix of a harness root with its coverage, as far as it could be read. */
export interface MatrixView {
  /** Null when the root has no sound matrix. */
  readonly matrix: FailureMatrix | null;
  readonly blocks: readonly MatrixBlock[];
  /** Derived from everything that was read; null without a matrix. */
  readonly coverage: Coverage | null;
  readonly evidence: readonly MatrixEvidence[];
  /** Whether strict bounds can be had on the machine that was driven. */
  readonly strict: boolean;
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

/** Reads a root's matrix, its blocks and all evidence of its rows, and derives the coverage for the lanes as `plan` pins them (null: the newest plan of the matrix). Never writes, never throws for bad input. */
export async function readMatrix(
  root: string,
  trusted: TrustedKeys,
  now: Timestamp,
  plan: TrialPlan | null = null,
  how: CollectOptions = {},
): Promise<MatrixView> {
  const read = await readDocument(root, MATRIX_FILES.matrix, FailureMatrix);
  const inputs: RootInput[] =
    read.sha256 === null ? [] : [{ role: "failure-matrix", path: MATRIX_FILES.matrix, sha256: read.sha256 }];
  const nothing = { matrix: null, blocks: [], coverage: null, evidence: [], strict: false, inputs };
  if (read.value === null) return { ...nothing, findings: read.findings };
  const matrix = read.value;
  const problems = checkMatrix(matrix).map(({ code, row, message }): RootFinding => ({
    code: code === "MATRIX_INCOMPLETE" ? "SCHEMA_INVALID" : code,
    rule: "matrix",
    file: MATRIX_FILES.matrix,
    found: row === null ? message : `${row}: ${message}`,
  }));
  if (problems.length > 0) return { ...nothing, findings: problems };
  const trials = await collectMatrixTrials(root, trusted, plan, how);
  const { blocks, ...block } = await readBlocks(root);
  const injections = await readInjections(root, matrix, trials.lanes, trusted);
  const evidence = [...trials.evidence, ...injections.evidence];
  const coverage = cover({
    matrix,
    blocks,
    evidence,
    lanes: trials.lanes,
    strict: trials.strict,
    now,
  });
  return {
    matrix,
    blocks,
    coverage,
    evidence,
    strict: trials.strict,
    findings: [...trials.findings, ...block.findings, ...injections.findings],
    inputs: [...inputs, ...trials.inputs, ...block.inputs, ...injections.inputs],
  };
}
