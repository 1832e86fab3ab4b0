import Type, { type Static } from "typebox";
import { oneOf } from "../one-of.ts";
import { Count, Id, SchemaVersion, Sha256, Timestamp } from "../primitives.ts";

/** What a line of the journal is about: documents that count, whatever they say. */
export const JOURNAL_KINDS = [
  "plan",
  "intent",
  "applicability",
  "stage5",
  "admission",
  "proof",
  "acceptance",
  "revocation",
  "record",
] as const;
/** What a line of the journal is about. */
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** One line of journal/journal.jsonl: a document that was written, under the chain of all that came before, signed by a key of the root. */
export const JournalEntry = Type.Object(
  {
    schemaVersion: SchemaVersion,
    seq: Count,
    previous: Type.Union([Sha256, Type.Null()], {
      description: "SHA-256 of the line before, without its line feed; null in the first.",
    }),
    harness: Id,
    kind: oneOf(JOURNAL_KINDS, "What was written."),
    path: Type.String({
      pattern: "^[A-Za-z0-9][A-Za-z0-9._#/-]{0,399}$",
      description:
        "Path of the document relative to the root; a line of the list of revocations is named by its number after `#`.",
    }),
    sha256: Sha256,
    at: Timestamp,
    keyId: Sha256,
    signature: Type.String({
      pattern: "^[A-Za-z0-9+/]{86}==$",
      description:
        "Ed25519 signature of the key over the DSSE pre-authentication encoding of the line without this member, base64.",
    }),
  },
  { additionalProperties: false, description: "One line of the journal of a harness root." },
);
/** One line of the journal of a harness root. */
export type JournalEntry = Static<typeof JournalEntry>;

/** How far a journal went: what is signed later names it, so that no earlier line can be taken away. */
export const JournalPoint = Type.Object(
  {
    entries: Count,
    head: Type.Union([Sha256, Type.Null()], {
      description: "SHA-256 of the last line, without its line feed; null in an empty journal.",
    }),
  },
  { additionalProperties: false, description: "How far the journal went." },
);
/** How far a journal went. */
export type JournalPoint = Static<typeof JournalPoint>;
