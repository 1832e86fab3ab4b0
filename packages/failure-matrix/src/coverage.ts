import { Count, Id, oneOf, SchemaVersion, Sha256, ShortText, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { BLOCK_REASONS } from "@stage6/evidence-interface";
import { MATRIX_BLOCK_REASONS } from "./block.ts";
import { ReasonCode, RowId } from "./row.ts";

const shut = { additionalProperties: false } as const;

/** State of a cell. Only `covered`, and `blocked` with a block that holds, close it. */
export const CELL_STATES = ["covered", "blocked", "open", "wrong-closure"] as const;
export type CellState = (typeof CELL_STATES)[number];

/** Codes under which a cell is not closed, and under which a coverage does not hold. */
export const MATRIX_CODES = [
  "MATRIX_ROW_OPEN",
  "MATRIX_BLOCK_INVALID",
  "MATRIX_BLOCK_EXPIRED",
  "MATRIX_WRONG_CLOSURE",
  "MATRIX_EVIDENCE_INVALID",
  "MATRIX_INCOMPLETE",
] as const;
export type MatrixCode = (typeof MATRIX_CODES)[number];

/** One row on one lane. */
export const CoverageCell = Type.Object(
  {
    row: RowId,
    lane: Id,
    state: oneOf(CELL_STATES, "Whether the cell is closed, and how."),
    code: Type.Union([oneOf(MATRIX_CODES, "Code."), Type.Null()], {
      description: "Why it is not closed; null when it is.",
    }),
    message: ShortText,
    expected: Type.Array(ReasonCode, {
      maxItems: 64,
      description: "Closures or codes expected, one per way.",
    }),
    found: Type.Array(ReasonCode, { maxItems: 64, description: "Closures or codes found." }),
    block: Type.Union(
      [
        Type.Object(
          { reasonCode: oneOf(MATRIX_BLOCK_REASONS, "Why the cell is blocked."), expiresAt: Timestamp },
          { ...shut, description: "The block in force." },
        ),
        Type.Null(),
      ],
      { description: "The block in force; null when there is none." },
    ),
    evidence: Type.Array(
      Type.Object(
        {
          path: Type.String({ maxLength: 4096, description: "File or folder, from the harness root." }),
          sha256: Type.Union([Sha256, Type.Null()], {
            description: "Digest of a bundle's manifest or of the record.",
          }),
        },
        { ...shut, description: "A file behind the state." },
      ),
      { maxItems: 64, description: "What the state rests on." },
    ),
  },
  { ...shut, description: "One row on one lane." },
);
export type CoverageCell = Static<typeof CoverageCell>;

/** Coverage of the failure matrix by evidence: derived, never edited. */
export const Coverage = Type.Object(
  {
    schemaVersion: SchemaVersion,
    now: Timestamp,
    matrix: Type.Object(
      { sha256: Sha256, head: Sha256, rows: Count },
      {
        ...shut,
        description: "The matrix that is covered: digest of its bytes, running digest, number of rows.",
      },
    ),
    lanes: Type.Array(
      Type.Object(
        {
          lane: Id,
          blocked: Type.Union([oneOf(BLOCK_REASONS, "Reason."), Type.Null()], {
            description: "Why the lane is not available; null when it is.",
          }),
          adapterVersion: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
          backendSha256: Type.Union([Sha256, Type.Null()]),
        },
        { ...shut, description: "A lane, and the identity whose evidence counts." },
      ),
      { maxItems: 64, description: "Lanes, sorted." },
    ),
    cells: Type.Array(CoverageCell, { maxItems: 65_536, description: "Every row on every lane, in order." }),
    counts: Type.Object(
      { rows: Count, cells: Count, covered: Count, blocked: Count, open: Count, wrong: Count },
      { ...shut, description: "Counts of the cells." },
    ),
  },
  { ...shut, description: "Coverage of the failure matrix." },
);
export type Coverage = Static<typeof Coverage>;

/** Counts of cells by state. */
export function countCells(rows: number, cells: readonly CoverageCell[]): Coverage["counts"] {
  const count = (wanted: CellState): number => cells.filter(({ state }) => state === wanted).length;
  return {
    rows,
    cells: cells.length,
    covered: count("covered"),
    blocked: count("blocked"),
    open: count("open"),
    wrong: count("wrong-closure"),
  };
}
