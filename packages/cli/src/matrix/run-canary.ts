import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signStatement } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import {
  knownMatrix,
  leavesTrial,
  matrixOf,
  type Coverage,
  type FailureMatrix,
} from "@stage6/failure-matrix";
import { MATRIX_FILES } from "@stage6/validator";
import { CliError } from "../cli-error.ts";
import { EXIT } from "../exit-code.ts";
import type { OpenRoot } from "../open-root.ts";
import { replaceFile } from "../replace-file.ts";
import { readRoleKey } from "../role-keys.ts";
import {
  canaryStatement,
  canaryTable,
  compareCanary,
  parseCanary,
  type CanaryTable,
} from "./canary-table.ts";
import { driveMatrix, type DriveOptions } from "./drive-matrix.ts";
import { writeMatrix } from "./write-matrix.ts";

/** The last good table, relative to the root. */
export const CANARY_FILE = `${MATRIX_FILES.root}/canary/last-good.dsse.json`;

const MAX_TABLE_BYTES = 4 * 1024 * 1024;

/** What a canary saw. */
export interface CanaryResult {
  /** Rows that were not closed as expected, one line each. */
  readonly failed: readonly string[];
  /** What differs from the last good table, one line each. */
  readonly changed: readonly string[];
  readonly table: CanaryTable;
  /** Whether the table is now the last good one. */
  readonly written: boolean;
  readonly matrix: FailureMatrix;
  readonly coverage: Coverage;
}

/** The rows of model and wrapper: what a new version of a backend can change. */
function canaryMatrix(rows: readonly string[] | null): FailureMatrix {
  return matrixOf(
    knownMatrix().rows.flatMap((row) => {
      const ways = row.ways.filter(
        ({ layer, injector }) => (layer === "P" || layer === "W") && leavesTrial(injector),
      );
      return ways.length === 0 || !(rows?.includes(row.id) ?? true) ? [] : [{ ...row, ways }];
    }),
  );
}

/**
 * Drives the real lanes into every row of model and wrapper, anew and in a root of its own, and holds what came out
 * against the last good table. A good result becomes the last good table when there is none, or when `renew` says so.
 */
export async function runCanary(root: OpenRoot, options: DriveOptions): Promise<CanaryResult> {
  const file = join(root.path, CANARY_FILE);
  const before = await readLast(root, file);
  const only = (options.only ?? ["case", "codex", "pi"]).filter((lane) => lane !== "fake");
  const matrix = canaryMatrix(options.rows);
  const scratch = await mkdtemp(join(tmpdir(), "stage6-canary-"));
  try {
    await writeMatrix(scratch, matrix);
    const { coverage } = await driveMatrix({ ...root, path: scratch }, matrix, { ...options, only });
    if (coverage === null) throw new TypeError("the canary's own matrix cannot be read");
    const lanes = options.lanes.filter((one) => only.includes(one.kind === "probed" ? one.lane.id : one.id));
    const table = canaryTable(coverage, lanes, options.now);
    const failed = coverage.cells
      .filter(({ lane, state }) => only.includes(lane) && (state === "open" || state === "wrong-closure"))
      .map(({ row, lane, message }) => `${lane} ${row}: ${message}`);
    const changed = before === null ? [] : compareCanary(before, table);
    const good = failed.length === 0 && table.lanes.length > 0 && !options.interrupt.aborted;
    const written = good && (before === null || changed.length === 0 || options.renew);
    if (written) {
      const key = await readRoleKey("runner", options.keys, root.config.id, root.trusted);
      await replaceFile(root.path, file, signStatement(canaryStatement(table), key));
    }
    return { failed, changed, table, written, matrix, coverage };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function readLast(root: OpenRoot, file: string): Promise<CanaryTable | null> {
  let bytes: Buffer | null;
  try {
    bytes = await readSmallFile(file, MAX_TABLE_BYTES);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
  const table = bytes === null ? null : parseCanary(bytes, root.trusted);
  if (table !== null) return table;
  throw new CliError(
    "ROOT_INVALID",
    EXIT.invalid,
    `${CANARY_FILE} is no table that this root's runner signed`,
    {
      remedy: "Put the file back as it was, or remove it to start with a new last good table.",
    },
  );
}
