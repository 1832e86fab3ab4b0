import { join } from "node:path";
import {
  SCHEMA_VERSION,
  writeStrictBytes,
  type Timestamp,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import {
  injectionFile,
  wayDigest,
  type Coverage,
  type FailureMatrix,
  type InjectionRecord,
  type LaneStanding,
} from "@stage6/failure-matrix";
import { injectGateInput, MATRIX_FILES, readSource, spoilBundle, type SourceBundle } from "@stage6/validator";
import { replaceFile } from "../replace-file.ts";

/** What injections that leave no trial are made from. */
export interface InjectionInput {
  readonly root: string;
  readonly matrix: FailureMatrix;
  /** What the trials covered. */
  readonly coverage: Coverage;
  readonly lanes: readonly LaneStanding[];
  readonly trusted: TrustedKeys;
  readonly wanted: (row: string, lane: string) => boolean;
  readonly now: Timestamp;
}

/** The row whose sound bundle the mutations spoil: a command was run in it, and the trial completed. */
export const SOURCE_ROW = "F25";

/** Folder of the bundle of a lane that mutations spoil, from the root: one that closed its own row as expected; null when there is none. */
export function sourcePath({ cells }: Coverage, lane: string): string | null {
  const cell = cells.find((one) => one.row === SOURCE_ROW && one.lane === lane);
  return cell?.state === "covered" ? (cell.evidence[0]?.path ?? null) : null;
}

/** Writes a record for every wanted mutation and gate input that can be made now; returns why some could not. */
export async function recordInjections(input: InjectionInput): Promise<readonly string[]> {
  const folder = join(input.root, MATRIX_FILES.injections);
  const missing: string[] = [];
  const sources = new Map<string, SourceBundle>();
  for (const lane of input.lanes.filter(({ blocked }) => blocked === null)) {
    const path = sourcePath(input.coverage, lane.id);
    for (const row of input.matrix.rows.filter(({ id }) => input.wanted(id, lane.id))) {
      for (const [at, way] of row.ways.entries()) {
        if (!way.lanes.includes(lane.id)) continue;
        const { injector } = way;
        let made: Pick<InjectionRecord, "source" | "codes">;
        if (injector.kind === "bundle-mutation") {
          const bundle =
            path === null ? null : (sources.get(path) ?? (await readSource(input.root, path, input.trusted)));
          if (path !== null && bundle !== null) sources.set(path, bundle);
          if (path === null || bundle?.ok !== true) {
            missing.push(`${row.id} ${lane.id}: there is no sound bundle of ${SOURCE_ROW} to spoil`);
            continue;
          }
          const codes = spoilBundle(bundle.files, injector.mutations, input.trusted);
          if (codes === null) {
            missing.push(`${row.id} ${lane.id}: ${path} holds nothing that the edit could change`);
            continue;
          }
          made = { source: { path, sha256: bundle.sha256 }, codes };
        } else if (injector.kind === "gate-input") {
          const given = injectGateInput(injector);
          if (given.fault !== null) {
            missing.push(`${row.id} ${lane.id}: ${given.fault}`);
            continue;
          }
          made = { source: null, codes: [...given.codes] };
        } else continue;
        const { adapterVersion, backendSha256 } = lane;
        const record: InjectionRecord = {
          schemaVersion: SCHEMA_VERSION,
          row: row.id,
          lane: lane.id,
          way: at,
          waySha256: wayDigest(way),
          adapterVersion,
          backendSha256,
          ...made,
          recordedAt: input.now,
        };
        const file = join(folder, injectionFile(row.id, lane.id, at, false));
        await replaceFile(input.root, file, writeStrictBytes(record));
      }
    }
  }
  return missing;
}
