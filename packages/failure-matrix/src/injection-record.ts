import {
  Id,
  SchemaVersion,
  Sha256,
  sha256,
  STATEMENT_TYPE,
  Timestamp,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { ReasonCode, RowId, type Way } from "./row.ts";

const shut = { additionalProperties: false } as const;

/** What an injection that leaves no trial gave: `matrix/injections/<row>.<lane>.<way>.json`. It is made again at every reading, never believed. */
export const InjectionRecord = Type.Object(
  {
    schemaVersion: SchemaVersion,
    row: RowId,
    lane: Id,
    way: Type.Integer({ minimum: 0, maximum: 7, description: "Place of the way in the row, from 0." }),
    waySha256: Sha256,
    adapterVersion: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
      description: "Adapter of the lane that it was made with.",
    }),
    backendSha256: Type.Union([Sha256, Type.Null()], {
      description: "Backend of the lane that it was made with.",
    }),
    source: Type.Union(
      [
        Type.Object(
          {
            path: Type.String({
              maxLength: 4096,
              description: "Folder of the bundle, from the harness root.",
            }),
            sha256: Sha256,
          },
          { ...shut, description: "The sound bundle that was spoiled, by the digest of its manifest." },
        ),
        Type.Null(),
      ],
      { description: "The bundle that was spoiled; null when the injection spoils none." },
    ),
    codes: Type.Array(ReasonCode, { maxItems: 64, description: "Codes that came out, sorted." }),
    recordedAt: Timestamp,
  },
  { ...shut, description: "What an injection that leaves no trial gave." },
);
export type InjectionRecord = Static<typeof InjectionRecord>;

/** Predicate type of a drill's record. */
export const DRILL_PREDICATE = "https://stage6.invalid/predicate/matrix-drill/v1";

/** What a drill gave, signed by the runner: `matrix/injections/<row>.<lane>.<way>.dsse.json`. A drill cannot be made again by a reader. */
export const DrillStatement = Type.Object(
  {
    _type: Type.Literal(STATEMENT_TYPE, { description: "Type of the statement." }),
    subject: Type.Array(
      Type.Object(
        {
          name: Type.String({ maxLength: 64, description: "Row, lane and way." }),
          digest: Type.Object(
            { sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
            { ...shut, description: "SHA-256 of the way's strict bytes." },
          ),
        },
        shut,
      ),
      { minItems: 1, maxItems: 1, description: "The way that was driven." },
    ),
    predicateType: Type.Literal(DRILL_PREDICATE, { description: "What the predicate is." }),
    predicate: InjectionRecord,
  },
  { ...shut, description: "What a drill gave." },
);
export type DrillStatement = Static<typeof DrillStatement>;

/** Digest that ties a record to exactly one way. */
export function wayDigest(way: Way): Sha256 {
  return sha256(writeStrictBytes(way));
}

/** File name of a record below `matrix/injections`. */
export function injectionFile(row: string, lane: string, way: number, signed: boolean): string {
  return `${row}.${lane}.${way + 1}${signed ? ".dsse" : ""}.json`;
}
