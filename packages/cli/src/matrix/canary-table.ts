import {
  digestHex,
  Id,
  openEnvelope,
  parseStrictBytes,
  SCHEMA_VERSION,
  SchemaVersion,
  Sha256,
  ShortText,
  STATEMENT_TYPE,
  Timestamp,
  validateDocument,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { ReasonCode, RowId, type Coverage } from "@stage6/failure-matrix";
import type { LaneCandidate } from "@stage6/runner";
import Type, { type Static } from "typebox";
import { standingOf } from "./block-cells.ts";

const shut = { additionalProperties: false } as const;
const CANARY_PREDICATE = "https://stage6.invalid/predicate/matrix-canary/v1";

/** How every real lane closed the rows of model and wrapper when all of them were last closed as expected. */
const CanaryTable = Type.Object(
  {
    schemaVersion: SchemaVersion,
    recordedAt: Timestamp,
    lanes: Type.Array(
      Type.Object(
        {
          lane: Id,
          version: ShortText,
          adapterVersion: ShortText,
          backendSha256: Sha256,
          rows: Type.Array(
            Type.Object(
              { row: RowId, found: Type.Array(ReasonCode, { maxItems: 64, description: "Closures found." }) },
              { ...shut, description: "A row." },
            ),
            { maxItems: 999, description: "Rows in order." },
          ),
        },
        { ...shut, description: "A lane, its backend, and how it closed each row." },
      ),
      { maxItems: 64, description: "Lanes, sorted." },
    ),
  },
  { ...shut, description: "Last good table of a canary." },
);
export type CanaryTable = Static<typeof CanaryTable>;

/** The table as the runner signs it. */
const CanaryStatement = Type.Object(
  {
    _type: Type.Literal(STATEMENT_TYPE),
    subject: Type.Array(
      Type.Object(
        { name: Id, digest: Type.Object({ sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }, shut) },
        shut,
      ),
      { minItems: 1, maxItems: 64 },
    ),
    predicateType: Type.Literal(CANARY_PREDICATE),
    predicate: CanaryTable,
  },
  { ...shut, description: "Last good table of a canary, about the backends of its lanes." },
);

/** The table that a drive of these lanes gives. */
export function canaryTable(coverage: Coverage, lanes: readonly LaneCandidate[], now: string): CanaryTable {
  return {
    schemaVersion: SCHEMA_VERSION,
    recordedAt: now,
    lanes: lanes.flatMap((candidate) => {
      const { id, adapterVersion, backendSha256 } = standingOf(candidate);
      if (candidate.kind === "blocked" || candidate.probed.state === "blocked") return [];
      if (adapterVersion === null || backendSha256 === null) return [];
      const rows = coverage.cells
        .filter((cell) => cell.lane === id && cell.state !== "blocked")
        .map(({ row, found }) => ({ row, found: found.toSorted() }));
      return [{ lane: id, version: candidate.probed.version, adapterVersion, backendSha256, rows }];
    }),
  };
}

/** The statement to sign over a table. */
export function canaryStatement(table: CanaryTable): Static<typeof CanaryStatement> {
  return {
    _type: STATEMENT_TYPE,
    subject: table.lanes.map(({ lane, backendSha256 }) => ({
      name: lane,
      digest: { sha256: digestHex(backendSha256) },
    })),
    predicateType: CANARY_PREDICATE,
    predicate: table,
  };
}

/** Opens a signed table; null when it is not one that a trusted runner key signed. */
export function parseCanary(bytes: Uint8Array, trusted: TrustedKeys): CanaryTable | null {
  const opened = openEnvelope(bytes, trusted);
  if (!opened.ok) return null;
  const json = parseStrictBytes(opened.payload);
  const checked = json.ok ? validateDocument(CanaryStatement, json.value) : null;
  return checked?.ok === true ? checked.value.predicate : null;
}

/** What changed since the last good table, one line each: a lane that is gone or new, another version or binary, a row that closes otherwise. */
export function compareCanary(before: CanaryTable, after: CanaryTable): string[] {
  const lines: string[] = [];
  const ids = [...new Set([...before.lanes, ...after.lanes].map(({ lane }) => lane))].toSorted();
  for (const id of ids) {
    const [was, is] = [before, after].map(({ lanes }) => lanes.find(({ lane }) => lane === id));
    if (was === undefined || is === undefined) {
      lines.push(`${id}: ${was === undefined ? "is new" : "is not there now"}`);
      continue;
    }
    for (const key of ["version", "adapterVersion", "backendSha256"] as const)
      if (was[key] !== is[key]) lines.push(`${id}: ${key} was ${was[key]}, is ${is[key]}`);
    const now = new Map(is.rows.map(({ row, found }) => [row, found.join(", ")]));
    for (const { row, found } of was.rows)
      if (now.get(row) !== found.join(", "))
        lines.push(`${id} ${row}: was ${found.join(", ")}, is ${now.get(row) ?? "not driven"}`);
    const known = new Set(was.rows.map(({ row }) => row));
    for (const { row } of is.rows) if (!known.has(row)) lines.push(`${id} ${row}: is new`);
  }
  return lines;
}
