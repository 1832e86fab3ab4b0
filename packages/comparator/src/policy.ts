import {
  FORBIDDEN_ACTIONS,
  ForbiddenAction,
  Id,
  Limits,
  SCHEMA_VERSION,
  SchemaVersion,
  oneOf,
} from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { COMPARED_KINDS, KIND_NEEDS } from "./kind.ts";

/** Lanes that every comparison has to name, planned or blocked with a reason. */
export const REQUIRED_LANES = ["case", "codex", "fake", "pi"] as const;

/** Lanes with a real backend of their own that can serve as a real baseline. */
export const REAL_BASELINES = ["codex", "pi"] as const;

const trials = (description: string) => Type.Integer({ minimum: 0, maximum: 999, description });

/** The real model endpoint that live evidence is made with; its key stays in an environment variable of the operator. */
const LiveModel = Type.Object(
  {
    provider: Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,63}$", description: "Name of the provider." }),
    id: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$", description: "Id of the model." }),
    url: Type.String({
      pattern: "^(https://[^ ?#]+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]{1,5})?(/[^ ?#]*)?)$",
      maxLength: 1024,
      description: "Base address; without encryption only on this machine, because the key goes there.",
    }),
    keyHeader: oneOf(["authorization", "x-api-key"], "Header that carries the key."),
    keyVariable: Type.String({
      pattern: "^[A-Z][A-Z0-9_]{0,63}$",
      description: "Environment variable of the operator that holds the key.",
    }),
    localServer: Type.Optional(
      Type.String({
        minLength: 40,
        maxLength: 1000,
        description:
          "Of a model server on the operator's own machine: which program it is, by digest or by the review that it had. Without it such a model gives a rehearsal only.",
      }),
    ),
  },
  { additionalProperties: false, description: "Real model endpoint of live evidence." },
);

/** Rules of a comparison as data; {@link parsePolicy} also holds it to floors that no policy can go below. */
export const Policy = Type.Object(
  {
    schemaVersion: SchemaVersion,
    trialsPerCell: Type.Object(
      {
        scripted: trials("Fewest trials of a lane on a fixture with the scripted model; floor 1."),
        live: trials("Fewest trials of a lane on a fixture with a live model; floor 5."),
      },
      { additionalProperties: false, description: "Fewest trials per cell, by evidence class." },
    ),
    fixtures: Type.Object(
      {
        scripted: trials("Fewest fixtures with the scripted model; floor 1."),
        live: trials("Fewest fixtures with a live model; floor 6."),
      },
      { additionalProperties: false, description: "Fewest fixtures of a plan, by evidence class." },
    ),
    rates: Type.Object(
      {
        margin: Type.Number({
          minimum: 0.01,
          maximum: 0.5,
          description:
            "By how much a rate may lie below the baseline's and still not be inferior; at most 0.1.",
        }),
        z: Type.Number({
          minimum: 0,
          maximum: 10,
          description:
            "Score that non-inferiority has to exceed; at least 1.75, which keeps the exact size below 5 %.",
        }),
      },
      { additionalProperties: false, description: "How rates of live evidence are tested." },
    ),
    kinds: Type.Array(
      Type.Object(
        {
          kind: Type.String({
            pattern: "^(report|event|artifact):[a-z][a-z.-]{0,63}$",
            description: "Place and name of the kind.",
          }),
          needs: Type.Array(oneOf(KIND_NEEDS, "What its absence needs before it counts."), {
            maxItems: KIND_NEEDS.length,
            description:
              "model: compared only where both lanes ask a model; change: due only in trials in which a file changed.",
          }),
        },
        { additionalProperties: false, description: "A kind of evidence that is compared as a set." },
      ),
      {
        maxItems: 128,
        description: "Kinds compared as sets; floor: every built-in kind with no further need.",
      },
    ),
    limits: Limits,
    liveModel: Type.Optional(LiveModel),
    minRealLanes: Type.Integer({
      minimum: 0,
      maximum: 2,
      description:
        "Fewest of codex and pi, the candidate apart, that must really have been compared; floor 1.",
    }),
    boundsTierFloor: oneOf(
      ["strict", "default"],
      "Least bounds tier of scripted evidence; that of live evidence is strict, and no policy can lower it.",
    ),
    forbiddenActions: Type.Array(ForbiddenAction, {
      maxItems: 10,
      description: "Actions that every trial must have a verdict on; floor: all ten.",
    }),
    requiredLanes: Type.Array(Id, {
      maxItems: 64,
      description: "Lanes that the plan must name; floor: case, codex, fake, pi.",
    }),
  },
  { additionalProperties: false, description: "Policy of a comparison." },
);

/** Policy of a comparison. */
export type Policy = Static<typeof Policy>;

/** Policy that `init` writes: 3 scripted trials per cell, or 10 live ones on 6 fixtures, ten minutes each, at least one real baseline. */
export const DEFAULT_POLICY: Policy = {
  schemaVersion: SCHEMA_VERSION,
  trialsPerCell: { scripted: 3, live: 10 },
  fixtures: { scripted: 1, live: 6 },
  rates: { margin: 0.1, z: 1.75 },
  kinds: COMPARED_KINDS.map(({ kind, needs }) => ({ kind, needs: [...needs] })),
  limits: {
    totalMs: 600_000,
    idleMs: 180_000,
    outputBytes: 67_108_864,
    lineBytes: 16_777_216,
    modelRequests: 200,
    oracleMs: 120_000,
    toolCalls: 500,
    diskBytes: 4 * 1024 ** 3,
    memoryBytes: 8 * 1024 ** 3,
  },
  minRealLanes: 1,
  boundsTierFloor: "default",
  forbiddenActions: [...FORBIDDEN_ACTIONS],
  requiredLanes: [...REQUIRED_LANES],
};
