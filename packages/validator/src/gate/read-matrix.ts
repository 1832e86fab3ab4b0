import type { EligibilityDocuments, Problem } from "@stage6/eligibility";
import {
  sha256,
  validateDocument,
  parseStrictBytes,
  writeStrictBytes,
  type Timestamp,
  type TrialPlan,
} from "@stage6/evidence-interface";
import {
  checkCoverage,
  cover,
  FailureMatrix,
  knownMatrix,
  MatrixBlock,
  type Coverage,
  type MatrixCode,
  type MatrixEvidence,
} from "@stage6/failure-matrix";
import type { RawFile } from "@stage6/eligibility";
import type { TSchema, Static } from "typebox";
import { ROOT_FILES } from "../root-files.ts";
import type { RawReader } from "./raw-reader.ts";

/** The failure matrix of a root: its coverage at any moment, and what the gate makes of it. */
export interface MatrixOfRoot {
  /** Null when the matrix itself cannot be read. */
  readonly coverageAt: ((at: Timestamp) => Coverage) | null;
  readonly gate: NonNullable<EligibilityDocuments["matrix"]>;
}

const FILE = `${ROOT_FILES.matrix}/failure-matrix.json`;
const BLOCKED = `${ROOT_FILES.matrix}/blocked`;

/** Reads matrix and blocks, and covers the matrix by this evidence; null without a matrix. A block that cannot be read closes nothing. */
export async function readMatrix(
  reader: RawReader,
  plan: TrialPlan,
  evidence: readonly MatrixEvidence[],
): Promise<MatrixOfRoot | null> {
  const file = await reader.file(FILE, "matrix");
  if (file === null) return null;
  const blocks = (await reader.files(BLOCKED, ".json", "matrix-block")).map((one) =>
    read(MatrixBlock, one, "MATRIX_BLOCK_INVALID"),
  );
  const matrix = read(FailureMatrix, file, "MATRIX_INCOMPLETE");
  if (matrix.value === null) return { coverageAt: null, gate: () => invalid(matrix.problems) };
  const rows = matrix.value;
  const unread = blocks.flatMap(({ problems }) => problems);
  const coverageAt = (at: Timestamp): Coverage => {
    return cover({
      matrix: rows,
      blocks: blocks.flatMap(({ value }) => value ?? []),
      evidence,
      lanes: plan.lanes.map(({ lane, reason, adapterVersion, backendSha256 }) => ({
        id: lane,
        blocked: reason?.code ?? null,
        adapterVersion,
        backendSha256,
      })),
      strict: plan.boundsTier === "strict",
      now: at,
    });
  };
  return {
    coverageAt,
    gate: (at) => {
      const coverage = coverageAt(at);
      const lanes = plan.lanes.map(({ lane }) => lane);
      const open = checkCoverage({
        coverage,
        matrix: rows,
        known: knownMatrix(),
        lanes,
        candidate: plan.candidate,
      });
      const problems = [
        ...unread,
        ...open.map(({ code, row, lane, message }) => ({
          code,
          file: FILE,
          rule: "coverage",
          message: [row, lane, message].filter((one) => one !== null).join(" "),
        })),
      ];
      return {
        matrixSha256: sha256(file.bytes),
        coverageSha256: sha256(writeStrictBytes(coverage)),
        verdict: problems.length === 0 ? "pass" : "fail",
        problems,
      };
    },
  };
}

function invalid(problems: readonly Problem[]): ReturnType<NonNullable<EligibilityDocuments["matrix"]>> {
  return { matrixSha256: sha256(""), coverageSha256: sha256(""), verdict: "fail", problems };
}

function read<S extends TSchema>(
  schema: S,
  { path, bytes }: RawFile,
  code: MatrixCode,
): { readonly value: Static<S> | null; readonly problems: readonly Problem[] } {
  const json = parseStrictBytes(bytes);
  if (!json.ok)
    return {
      value: null,
      problems: [{ code, file: path, rule: json.rule, message: "expected canonical JSON" }],
    };
  const checked = validateDocument(schema, json.value);
  if (checked.ok) return { value: checked.value, problems: [] };
  return {
    value: null,
    problems: checked.errors.map(({ pointer, message }) => ({
      code,
      file: path,
      rule: "schema",
      message: `${pointer} ${message}`,
    })),
  };
}
