import { Count, oneOf, SchemaVersion, Sha256, ShortText, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed } from "../schema-parts.ts";

/** What a line of the revocation list is about; `opened` is its first line. */
export const REVOKED_KINDS = ["opened", "proof", "key", "acceptance"] as const;

/** One line of trust/revocations.jsonl. Lines are chained, so that one cannot vanish from the middle. */
export const Revocation = closed(
  {
    schemaVersion: SchemaVersion,
    seq: Count,
    previous: Type.Union([Sha256, Type.Null()], {
      description: "SHA-256 of the line before, without its line feed; null in the first.",
    }),
    kind: oneOf(
      REVOKED_KINDS,
      "What is revoked; the first line is `opened` and revokes nothing, so that an empty file is a fault.",
    ),
    id: Type.String({
      pattern: "^(none|sha256:[0-9a-f]{64}|SHA256:[A-Za-z0-9+/]{43})$",
      description:
        "Digest of the proof's payload or of the acceptance, id of a key in keys.json, or fingerprint of an SSH key; `none` in the first line.",
    }),
    revokedAt: Timestamp,
    reason: ShortText,
  },
  "One line of the revocation list.",
);
/** One line of trust/revocations.jsonl. */
export type Revocation = Static<typeof Revocation>;

/** Whether the list revokes something. A revocation has no end and does not ask when a signature was made: SSH signatures carry no time. */
export function isRevoked(
  { revocations }: { readonly revocations: readonly Revocation[] },
  kind: "proof" | "key" | "acceptance",
  id: string,
): boolean {
  return revocations.some((one) => one.kind === kind && one.id === id);
}
