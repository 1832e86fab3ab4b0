import { oneOf, SchemaVersion, Sha256, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed } from "../schema-parts.ts";

/** What a key may sign for; a key has exactly one role. */
export const KEY_ROLES = [
  "runner",
  "comparator",
  "stage5-validator",
  "admission-reviewer",
  "operator",
] as const;
/** What a key may sign for. */
export const KeyRole = oneOf(KEY_ROLES, "What the key may sign for.");
/** What a key may sign for. */
export type KeyRole = (typeof KEY_ROLES)[number];

/** trust/keys.json: the public keys a harness root believes, one role each. Private keys lie outside the root. */
export const TrustedKeyFile = closed(
  {
    schemaVersion: SchemaVersion,
    keys: Type.Array(
      closed(
        {
          keyId: Sha256,
          role: KeyRole,
          publicKey: Type.String({
            // A private key in PEM would also yield a public one: only the public form may stand here.
            pattern: "^-----BEGIN PUBLIC KEY-----\\n[A-Za-z0-9+/=\\n]{1,2000}\\n-----END PUBLIC KEY-----\\n$",
            description: "Ed25519 public key, SPKI PEM.",
          }),
          validFrom: Timestamp,
          validUntil: Timestamp,
        },
        "A trusted key with its window; keyId is the SHA-256 of its SPKI DER.",
      ),
      { minItems: 1, maxItems: 64, description: "Trusted keys, each once." },
    ),
  },
  "Public keys that a harness root trusts.",
);
/** Public keys that a harness root trusts. */
export type TrustedKeyFile = Static<typeof TrustedKeyFile>;
