import { Id, SchemaVersion, Sha256, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed } from "../schema-parts.ts";

/** Namespace in which a founder signs the trust root. */
export const TRUST_NAMESPACE = "stage6-trust@v1";

/** trust/root.json: what a founder vouches for. Signed over SSH in the namespace stage6-trust@v1. */
export const TrustStatement = closed(
  {
    schemaVersion: SchemaVersion,
    type: Type.Literal("stage6-trust-root", { description: "Kind of document." }),
    harness: Id,
    keysSha256: Sha256,
    signersSha256: Sha256,
    signedAt: Timestamp,
  },
  "What a founder vouches for: keys.json and allowed_signers of one harness, by digest.",
);
/** trust/root.json: what a founder vouches for. */
export type TrustStatement = Static<typeof TrustStatement>;
