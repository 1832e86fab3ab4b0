import Type, { type Static } from "typebox";
import { STATEMENT_TYPE } from "./bundle.ts";
import { AttemptId, BoundsTier, SchemaVersion, Timestamp, TrialRef } from "./primitives.ts";

/** Predicate type of an interrupted attempt. */
export const INTERRUPTION_PREDICATE = "https://stage6.invalid/predicate/attempt-interruption/v1";

/** attempts/…/<attemptId>.interrupted.json, in a DSSE envelope: the runner's word that the operator gave this attempt up. Its subject is the intent. */
export const AttemptInterruption = Type.Object(
  {
    _type: Type.Literal(STATEMENT_TYPE),
    subject: Type.Array(
      Type.Object(
        {
          name: Type.String({ maxLength: 64, description: "File name of the intent." }),
          digest: Type.Object(
            { sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
            { additionalProperties: false },
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1, description: "The intent of the attempt." },
    ),
    predicateType: Type.Literal(INTERRUPTION_PREDICATE),
    predicate: Type.Object(
      {
        schemaVersion: SchemaVersion,
        trial: TrialRef,
        attemptId: AttemptId,
        boundsTier: BoundsTier,
        backendStarted: Type.Boolean({
          description:
            "The backend had been started. In the default tier it could then have sent the interrupt itself.",
        }),
        interruptedAt: Timestamp,
      },
      { additionalProperties: false, description: "Which attempt was interrupted, and how far it had come." },
    ),
  },
  { additionalProperties: false, description: "in-toto statement of an interrupted attempt." },
);
export type AttemptInterruption = Static<typeof AttemptInterruption>;
