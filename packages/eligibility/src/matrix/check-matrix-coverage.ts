import {
  checkCoverage,
  cover,
  FailureMatrix,
  knownMatrix,
  MatrixBlock,
  type LaneStanding,
  type MatrixEvidence,
} from "@stage6/failure-matrix";
import { sha256, writeStrictBytes, type Timestamp, type TrialPlan } from "@stage6/evidence-interface";
import { problemIn, type Problem } from "../problem.ts";
import type { MatrixFacts } from "../proof/derive-proof.ts";
import type { RawFile } from "../raw-file.ts";
import { readDocument } from "../read-document.ts";

/** What a harness root holds of the failure matrix. */
export interface MatrixDocuments {
  /** matrix/failure-matrix.json. */
  readonly matrix: RawFile | null;
  /** Every matrix/blocked/<row>.<lane>.json. */
  readonly blocks: readonly RawFile[];
  /** Sealed matrix trials and injections, as they were read and made again. */
  readonly evidence: readonly MatrixEvidence[];
  /** Whether strict bounds can be had on the machine that was driven. */
  readonly strict: boolean;
}

/** The matrix as it was read, ready to be covered at any moment. */
export interface ReadMatrix {
  readonly matrix: FailureMatrix;
  readonly blocks: readonly MatrixBlock[];
}

const FILE = "matrix/failure-matrix.json";

/** Reads the matrix and its blocks; what cannot be read leaves the matrix incomplete. */
export function readMatrix(documents: MatrixDocuments): {
  readonly read: ReadMatrix | null;
  readonly problems: readonly Problem[];
} {
  const { value: matrix, problems } = readDocument(
    FailureMatrix,
    documents.matrix,
    FILE,
    "MATRIX_INCOMPLETE",
  );
  const blocks = documents.blocks.map((file) =>
    readDocument(MatrixBlock, file, file.path, "MATRIX_BLOCK_INVALID"),
  );
  return {
    read: matrix === null ? null : { matrix, blocks: blocks.flatMap(({ value }) => value ?? []) },
    problems: [...problems, ...blocks.flatMap((one) => one.problems)],
  };
}

/**
 * Covers the matrix anew at a moment. The lanes are the plan's with the plan's pinned identities, so that evidence of
 * another backend counts for nothing, and the rows are at least those of this version.
 */
export function coverDocuments(
  { matrix, blocks }: ReadMatrix,
  { evidence, strict }: MatrixDocuments,
  plan: TrialPlan,
  at: Timestamp,
): { readonly facts: MatrixFacts; readonly problems: readonly Problem[]; readonly counts: string } {
  const lanes = plan.lanes.map(({ lane, reason, adapterVersion, backendSha256 }): LaneStanding => ({
    id: lane,
    blocked: reason?.code ?? null,
    adapterVersion,
    backendSha256,
  }));
  const coverage = cover({ matrix, blocks, evidence, lanes, strict, now: at });
  const found = checkCoverage({
    coverage,
    matrix,
    known: knownMatrix(),
    lanes: lanes.map(({ id }) => id),
    candidate: plan.candidate,
  });
  const { cells, covered, blocked, open, wrong } = coverage.counts;
  return {
    facts: {
      matrixSha256: matrix.head,
      coverageSha256: sha256(writeStrictBytes(coverage)),
      verdict: found.length === 0 ? "pass" : "fail",
    },
    problems: found.map(({ code, row, lane, message }) =>
      problemIn(FILE, code, [row, lane].filter((part) => part !== null).join(" ") || "matrix", message),
    ),
    counts: `${covered} of ${cells} cells covered, ${blocked} blocked with a reason, ${open} open, ${wrong} closed wrongly`,
  };
}
