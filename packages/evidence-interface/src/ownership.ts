import Type, { type Static } from "typebox";
import { oneOf } from "./one-of.ts";
import { CommitId, Id, SchemaVersion } from "./primitives.ts";

/** What a target repository can be to the operator; only the first may be given to a lane. */
export const OWNERSHIP_CLASSES = [
  "owned-noncritical",
  "production",
  "critical",
  "customer",
  "vendor",
  "external-developer",
  "unowned",
] as const;

/** Class of a target repository. */
export const OwnershipClass = oneOf(OWNERSHIP_CLASSES, "What the repository is to the operator.");
/** Class of a target repository. */
export type OwnershipClass = (typeof OWNERSHIP_CLASSES)[number];

/** fixtures/<id>/ownership.json: who owns a target repository, and what they agreed to. Written by its owner, never by a lane. */
export const OwnershipRecord = Type.Object(
  {
    schemaVersion: SchemaVersion,
    fixture: Id,
    owner: Type.String({ minLength: 1, maxLength: 200, description: "Who owns the repository." }),
    class: OwnershipClass,
    consent: Type.Object(
      {
        statement: Type.String({
          minLength: 1,
          maxLength: 2000,
          description: "What the owner agrees to, in the owner's words.",
        }),
        date: Type.String({
          pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
          description: "Day of the consent (RFC 3339 full-date).",
        }),
      },
      { additionalProperties: false, description: "The owner's consent." },
    ),
    allowedPaths: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
      minItems: 1,
      maxItems: 256,
      description: "Globs that a lane may be allowed to change; a fixture may use these and no others.",
    }),
    repository: Type.Object(
      {
        rootCommits: Type.Array(CommitId, {
          minItems: 1,
          maxItems: 64,
          description: "Commits without a parent in the history of the base commit, sorted.",
        }),
        baseCommit: CommitId,
        origin: Type.Union([Type.String({ minLength: 1, maxLength: 2048 }), Type.Null()], {
          description:
            "URL of the repository's remote `origin`, without user and password; null when it has none.",
        }),
      },
      { additionalProperties: false, description: "Which repository is meant." },
    ),
  },
  { additionalProperties: false, description: "Ownership of a target repository." },
);
/** Ownership of a target repository. */
export type OwnershipRecord = Static<typeof OwnershipRecord>;
