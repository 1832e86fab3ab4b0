import { STATEMENT_TYPE } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { ApplicabilityRecord } from "./applicability.ts";

/** Predicate type of a signed record that a lane is not applicable. */
export const APPLICABILITY_PREDICATE = "https://stage6.invalid/predicate/lane-applicability/v1";

/** in-toto statement of a lane that is not applicable: its subject is the plan, by the digest of the plan's bytes. */
export const ApplicabilityStatement = Type.Object(
  {
    _type: Type.Literal(STATEMENT_TYPE),
    subject: Type.Array(
      Type.Object(
        {
          name: Type.Literal("plan.json"),
          digest: Type.Object(
            {
              sha256: Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 of the plan's bytes." }),
            },
            { additionalProperties: false, description: "Digest of the plan." },
          ),
        },
        { additionalProperties: false, description: "The plan." },
      ),
      { minItems: 1, maxItems: 1, description: "The plan to which the lane is not applicable." },
    ),
    predicateType: Type.Literal(APPLICABILITY_PREDICATE),
    predicate: ApplicabilityRecord,
  },
  { additionalProperties: false, description: "in-toto statement of a lane that is not applicable." },
);
/** in-toto statement of a lane that is not applicable. */
export type ApplicabilityStatement = Static<typeof ApplicabilityStatement>;
