import { Count, oneOf, SchemaVersion, Sha256, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { AUTHORITY, closed } from "../schema-parts.ts";

/** What was recorded. Scripted evidence can only give a rehearsal. */
export const RECORD_TYPES = ["candidate-default", "rehearsal"] as const;
/** What was recorded. */
export const RecordType = oneOf(RECORD_TYPES, "What was recorded; a rehearsal is never eligibility.");
/** What was recorded. */
export type RecordType = (typeof RECORD_TYPES)[number];

/** One line of eligibility/ledger.jsonl. */
export const LedgerEntry = closed(
  {
    schemaVersion: SchemaVersion,
    seq: Count,
    previous: Type.Union([Sha256, Type.Null()], {
      description: "SHA-256 of the line before, without its line feed; null in the first.",
    }),
    recordType: RecordType,
    recordDigest: Sha256,
    proofDigest: Sha256,
    acceptanceDigest: Sha256,
    revocations: Count,
    recordedAt: Timestamp,
    ...AUTHORITY,
  },
  "One line of the ledger; `revocations` is how many lines the revocation list had.",
);
/** One line of eligibility/ledger.jsonl. */
export type LedgerEntry = Static<typeof LedgerEntry>;
