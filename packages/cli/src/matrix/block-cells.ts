import { join } from "node:path";
import { SCHEMA_VERSION, writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import {
  blockProblems,
  leavesTrial,
  MAX_BLOCK_DAYS,
  PROFILE_SETTINGS,
  waysFor,
  type FailureMatrix,
  type FailureRow,
  type LaneStanding,
  type MatrixBlock,
} from "@stage6/failure-matrix";
import type { LaneCandidate } from "@stage6/runner";
import { MATRIX_FILES } from "@stage6/validator";
import { writeNewFile } from "@stage6/evidence-interface/fs";
import { removeFile } from "../replace-file.ts";

/** What blocks are made from. */
export interface BlockInput {
  readonly root: string;
  readonly matrix: FailureMatrix;
  readonly blocks: readonly MatrixBlock[];
  readonly lanes: readonly LaneCandidate[];
  readonly strict: boolean;
  readonly owner: string;
  readonly now: Timestamp;
  /** Blocks that no longer hold are taken away, and written anew where the cell still cannot be driven. */
  readonly renew: boolean;
}

const DAY_MS = 86_400_000;

/** A lane as a matrix judges it, from its probe. */
export function standingOf(candidate: LaneCandidate): LaneStanding {
  if (candidate.kind === "blocked")
    return { id: candidate.id, blocked: candidate.code, adapterVersion: null, backendSha256: null };
  const { lane, probed } = candidate;
  return {
    id: lane.id,
    blocked: probed.state === "blocked" ? probed.code : null,
    adapterVersion: lane.adapterVersion,
    backendSha256: probed.state === "blocked" ? null : probed.backend.sha256,
  };
}

function wordsOf(candidate: LaneCandidate): string {
  const found = candidate.kind === "blocked" ? candidate : candidate.probed;
  if (!("detail" in found)) return "";
  return `The probe of the lane says: ${found.detail}. Next: ${found.remedy}`;
}

function reasonFor(
  row: FailureRow,
  candidate: LaneCandidate,
  strict: boolean,
): Pick<MatrixBlock, "reasonCode" | "text"> | null {
  const { id, blocked } = standingOf(candidate);
  if (blocked !== null && blocked !== "NOT_SELECTED")
    return { reasonCode: blocked, text: wordsOf(candidate) };
  const why = row.undrivable.find(({ lane }) => lane === id)?.why;
  if (why !== undefined) return { reasonCode: "NOT_DRIVABLE", text: why };
  const needsStrict = waysFor(row, id).some(
    ({ injector }) => leavesTrial(injector) && PROFILE_SETTINGS[injector.profile].tier === "strict",
  );
  if (strict || !needsStrict) return null;
  return {
    reasonCode: "BOUNDS_UNAVAILABLE",
    text: "The row needs strict bounds, and they cannot be had on this machine.",
  };
}

/** Writes a block for every cell that cannot be driven here and has none; returns how many were written. A block that ended is left, and refuses, until it is renewed. */
export async function blockCells(input: BlockInput): Promise<number> {
  const folder = join(input.root, MATRIX_FILES.blocked);
  const expiresAt = new Date(Date.parse(input.now) + MAX_BLOCK_DAYS * DAY_MS).toISOString();
  let written = 0;
  for (const row of input.matrix.rows) {
    for (const candidate of input.lanes) {
      const lane = standingOf(candidate);
      const file = join(folder, `${row.id}.${lane.id}.json`);
      const there = input.blocks.find((block) => block.row === row.id && block.lane === lane.id);
      const holds =
        there !== undefined && blockProblems(there, row, lane, input.strict, input.now).length === 0;
      if (there !== undefined && (holds || !input.renew)) continue;
      if (there !== undefined) await removeFile(input.root, file);
      const reason = reasonFor(row, candidate, input.strict);
      if (reason === null) continue;
      const block: MatrixBlock = {
        schemaVersion: SCHEMA_VERSION,
        row: row.id,
        lane: lane.id,
        ...reason,
        owner: input.owner,
        recordedAt: input.now,
        expiresAt,
      };
      if ((await writeNewFile(input.root, file, writeStrictBytes(block))) === "written") written += 1;
    }
  }
  return written;
}
