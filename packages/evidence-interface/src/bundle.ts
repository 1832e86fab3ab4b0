import Type, { type Static } from "typebox";
import { AttemptId, SchemaVersion, TrialRef } from "./primitives.ts";

/** Predicate type of a sealed evidence bundle. */
export const BUNDLE_PREDICATE = "https://stage6.invalid/predicate/evidence-bundle/v1";
/** in-toto Statement type (in-toto attestation framework v1). */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** DSSE payload type of an in-toto statement. */
export const STATEMENT_MEDIA_TYPE = "application/vnd.in-toto+json";

/** DSSE envelope (secure-systems-lab/dsse v1.0.2) with exactly one Ed25519 signature. */
export const DsseEnvelope = Type.Object(
  {
    payloadType: Type.Literal(STATEMENT_MEDIA_TYPE),
    payload: Type.String({
      pattern: "^[A-Za-z0-9+/]+={0,2}$",
      maxLength: 1_048_576,
      description: "Statement bytes, base64.",
    }),
    signatures: Type.Array(
      Type.Object(
        {
          keyid: Type.String({
            pattern: "^sha256:[0-9a-f]{64}$",
            description: "SHA-256 of the signer's SPKI DER.",
          }),
          sig: Type.String({
            pattern: "^[A-Za-z0-9+/]+={0,2}$",
            maxLength: 128,
            description: "Ed25519 signature over the DSSE PAE, base64.",
          }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1, description: "One signature by the runner key." },
    ),
  },
  { additionalProperties: false, description: "DSSE envelope." },
);
export type DsseEnvelope = Static<typeof DsseEnvelope>;

/** in-toto statement inside the envelope: its subject is manifest.json. */
export const BundleStatement = Type.Object(
  {
    _type: Type.Literal(STATEMENT_TYPE),
    subject: Type.Array(
      Type.Object(
        {
          name: Type.Literal("manifest.json"),
          digest: Type.Object(
            { sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
            { additionalProperties: false },
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1, description: "The manifest." },
    ),
    predicateType: Type.Literal(BUNDLE_PREDICATE),
    predicate: Type.Object(
      { schemaVersion: SchemaVersion, trial: TrialRef, attemptId: AttemptId },
      { additionalProperties: false, description: "Which trial is sealed." },
    ),
  },
  { additionalProperties: false, description: "in-toto statement of a bundle." },
);
export type BundleStatement = Static<typeof BundleStatement>;
