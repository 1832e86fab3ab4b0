import { BLOCK_REASONS, Id, oneOf, SchemaVersion, Timestamp, ShortText } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { RowId, waysFor, type FailureRow } from "./row.ts";
import { leavesTrial } from "./injector.ts";
import { PROFILE_SETTINGS } from "./profile.ts";

/** Longest time a block may hold, days. */
export const MAX_BLOCK_DAYS = 30;

/** Reasons that say the lane itself is not there; that nobody selected it is none. */
export const AVAILABILITY_REASONS = BLOCK_REASONS.filter((reason) => reason !== "NOT_SELECTED");

/** Why a cell is blocked: the lane is not there, the row cannot be driven into it, or this machine lacks the bounds that the row needs. */
export const MATRIX_BLOCK_REASONS = [...AVAILABILITY_REASONS, "NOT_DRIVABLE", "BOUNDS_UNAVAILABLE"] as const;
export type MatrixBlockReason = (typeof MATRIX_BLOCK_REASONS)[number];

/** Why one cell has no evidence, who says so, and until when it holds: `matrix/blocked/<row>.<lane>.json`. */
export const MatrixBlock = Type.Object(
  {
    schemaVersion: SchemaVersion,
    row: RowId,
    lane: Id,
    reasonCode: oneOf(MATRIX_BLOCK_REASONS, "Why the cell is blocked."),
    text: Type.String({
      minLength: 40,
      maxLength: 2000,
      description: "Why, in words; at least 40 characters.",
    }),
    owner: Type.String({ ...ShortText, minLength: 1, description: "Who answers for it." }),
    recordedAt: Timestamp,
    expiresAt: Timestamp,
  },
  { additionalProperties: false, description: "Record that a cell of the failure matrix is blocked." },
);
export type MatrixBlock = Static<typeof MatrixBlock>;

/** What the harness knows of a lane when it judges blocks. */
export interface LaneStanding {
  readonly id: string;
  /** Null when the lane is available; else the reason of its own probe. */
  readonly blocked: (typeof BLOCK_REASONS)[number] | null;
  /** Identity whose evidence counts; null when the lane is not available. */
  readonly adapterVersion: string | null;
  readonly backendSha256: string | null;
}

const DAY_MS = 86_400_000;

/** What is wrong with a block, one sentence each; empty when it holds. `strict` says whether strict bounds can be had. */
export function blockProblems(
  block: MatrixBlock,
  row: FailureRow,
  lane: LaneStanding,
  strict: boolean,
  now: string,
): string[] {
  const problems: string[] = [];
  const ways = waysFor(row, lane.id);
  const [from, until] = [Date.parse(block.recordedAt), Date.parse(block.expiresAt)];
  if (until <= from || until - from > MAX_BLOCK_DAYS * DAY_MS)
    problems.push(`has to expire within ${MAX_BLOCK_DAYS} days of its recording`);
  if (from > Date.parse(now)) problems.push(`is recorded at ${block.recordedAt}, after now`);
  if (until <= Date.parse(now)) problems.push(`expired at ${block.expiresAt}`);
  const trimmed = block.text.trim();
  if (trimmed.length < 40) problems.push("its text says too little");
  switch (block.reasonCode) {
    case "NOT_DRIVABLE":
      if (ways.length > 0) problems.push(`the row can be driven into ${lane.id}`);
      break;
    case "BOUNDS_UNAVAILABLE":
      if (strict) problems.push("strict bounds can be had here");
      if (!ways.some(needsStrict)) problems.push("the row needs no strict bounds");
      break;
    default:
      if (lane.id === "fake") problems.push("the fake lane is always available");
      if (lane.blocked === null) problems.push(`${lane.id} is available, so the cell can be driven`);
      else if (lane.blocked !== block.reasonCode)
        problems.push(`the probe of ${lane.id} says ${lane.blocked}, the block ${block.reasonCode}`);
  }
  return problems;
}

function needsStrict({ injector }: FailureRow["ways"][number]): boolean {
  return leavesTrial(injector) && PROFILE_SETTINGS[injector.profile].tier === "strict";
}
