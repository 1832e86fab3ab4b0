import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import {
  digestHex,
  SCHEMA_VERSION,
  signStatement,
  STATEMENT_TYPE,
  type Timestamp,
} from "@stage6/evidence-interface";
import {
  DRILL_PREDICATE,
  injectionFile,
  wayDigest,
  type Coverage,
  type Drill,
  type DrillStatement,
  type FailureMatrix,
  type LaneStanding,
  type Way,
} from "@stage6/failure-matrix";
import type { LaneCandidate } from "@stage6/runner";
import { MATRIX_FILES } from "@stage6/validator";
import { replaceFile } from "../replace-file.ts";
import { DrillScene, isAvailable, type AvailableLane } from "./drill-scene.ts";
import { runDrill, runnerWith } from "./drills.ts";
import { sourcePath } from "./record-injections.ts";

/** What drills are run with. */
export interface DrillInput {
  readonly root: string;
  readonly matrix: FailureMatrix;
  /** What the trials covered. */
  readonly coverage: Coverage;
  readonly lanes: readonly LaneStanding[];
  readonly candidates: readonly LaneCandidate[];
  readonly wanted: (row: string, lane: string) => boolean;
  /** Drills at the same time. */
  readonly concurrency: number;
  readonly key: KeyObject;
  readonly log: (line: string) => void;
  readonly interrupt: AbortSignal;
  readonly now: Timestamp;
}

/** One drill that is due: a way of a row on a lane. */
interface DueDrill {
  readonly row: string;
  readonly at: number;
  readonly way: Way;
  readonly drill: Drill;
  readonly standing: LaneStanding;
  readonly candidate: AvailableLane;
  /** Name of the record's file. */
  readonly name: string;
}

/** Drills without a record of this very way and backend: a record of another one says nothing about it. */
function dueDrills({ matrix, coverage, candidates, lanes, wanted }: DrillInput): DueDrill[] {
  const recorded = new Set(coverage.cells.flatMap(({ evidence }) => evidence.map(({ path }) => path)));
  return matrix.rows.flatMap((row) =>
    row.ways.flatMap((way, at) => {
      const { injector } = way;
      if (injector.kind !== "runner-drill") return [];
      return candidates.flatMap((candidate): DueDrill[] => {
        if (!isAvailable(candidate) || !way.lanes.includes(candidate.lane.id)) return [];
        const standing = lanes.find(({ id }) => id === candidate.lane.id);
        if (standing === undefined) return [];
        const name = injectionFile(row.id, standing.id, at, true);
        if (!wanted(row.id, standing.id) || recorded.has(`${MATRIX_FILES.injections}/${name}`)) return [];
        return [{ row: row.id, at, way, drill: injector.drill, standing, candidate, name }];
      });
    }),
  );
}

async function drillOne(input: DrillInput, due: DueDrill): Promise<void> {
  const { row, at, way, drill, standing, name } = due;
  const source = sourcePath(input.coverage, standing.id);
  if (source === null || input.interrupt.aborted) return;
  const fixture = source.split("/").at(-2) ?? "";
  const folder = join(input.root, MATRIX_FILES.root, "fixtures", fixture);
  const scene = await DrillScene.make(folder, due.candidate, input.key);
  try {
    const codes = await runDrill(drill, scene, runnerWith(process.execArgv));
    input.log(`${row} ${standing.id}  drill ${drill}: ${codes.join(", ")}`);
    const digest = wayDigest(way);
    const statement: DrillStatement = {
      _type: STATEMENT_TYPE,
      subject: [{ name: `${row} ${standing.id} ${at}`, digest: { sha256: digestHex(digest) } }],
      predicateType: DRILL_PREDICATE,
      predicate: {
        schemaVersion: SCHEMA_VERSION,
        row,
        lane: standing.id,
        way: at,
        waySha256: digest,
        adapterVersion: standing.adapterVersion,
        backendSha256: standing.backendSha256,
        source: null,
        codes,
        recordedAt: input.now,
      },
    };
    const file = join(input.root, MATRIX_FILES.injections, name);
    await replaceFile(input.root, file, signStatement(statement, input.key));
  } finally {
    await scene.remove();
  }
}

/** Runs every wanted drill that has no record yet, each in a root of its own, and signs what came out. */
export async function runDrills(input: DrillInput): Promise<void> {
  const due = dueDrills(input);
  // Workers that share one list: each takes the next drill when it is done with its last.
  const left = due.values();
  const worker = async (): Promise<void> => {
    for (const one of left) await drillOne(input, one);
  };
  await Promise.all(Array.from({ length: input.concurrency }, worker));
}
