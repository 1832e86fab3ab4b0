import { SchemaVersion, Sha256 } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";

/** What a key may sign for; a key has exactly one role. */
export const KeyRole = Type.Union(
  [
    Type.Literal("runner"),
    Type.Literal("comparator"),
    Type.Literal("stage5-validator"),
    Type.Literal("admission-reviewer"),
    Type.Literal("operator"),
  ],
  { description: "What the key may sign for." },
);
/** What a key may sign for. */
export type KeyRole = Static<typeof KeyRole>;

/** trust/keys.json: the public keys a harness root believes, one role each. Private keys lie outside the root. */
export const TrustedKeyFile = Type.Object(
  {
    schemaVersion: SchemaVersion,
    keys: Type.Array(
      Type.Object(
        {
          keyId: Sha256,
          role: KeyRole,
          publicKey: Type.String({
            // A private key in PEM would also yield a public one: only the public form may stand here.
            pattern: "^-----BEGIN PUBLIC KEY-----\\n[A-Za-z0-9+/=\\n]{1,2000}\\n-----END PUBLIC KEY-----\\n$",
            description: "Ed25519 public key, SPKI PEM.",
          }),
        },
        { additionalProperties: false, description: "A trusted key; keyId is the SHA-256 of its SPKI DER." },
      ),
      { minItems: 1, maxItems: 64, description: "Trusted keys, each once." },
    ),
  },
  { additionalProperties: false, description: "Public keys that a harness root trusts." },
);
/** Public keys that a harness root trusts. */
export type TrustedKeyFile = Static<typeof TrustedKeyFile>;
