import { JournalPoint, oneOf, SchemaVersion, Sha256, Timestamp } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed } from "../schema-parts.ts";

/** What an operator confirms, word for word. */
export const ACCEPTANCE_STATEMENT = "candidate default only; not activation";

/** An operator's decision on one proof; signed over SSH in the namespace stage6-acceptance@v1. */
export const Acceptance = closed(
  {
    schemaVersion: SchemaVersion,
    type: Type.Literal("stage6-acceptance", { description: "Kind of document." }),
    proofDigest: Sha256,
    challenge: Type.String({
      pattern: "^[0-9a-f]{32}$",
      description: "The proof's random challenge, repeated.",
    }),
    decision: oneOf(["accepted", "rejected"], "The operator's decision."),
    operator: Type.String({
      pattern: "^operator:[a-z0-9][a-z0-9._-]{0,62}$",
      description: "Principal of allowed_signers.",
    }),
    acceptedAt: Timestamp,
    journal: JournalPoint,
    statement: Type.Literal(ACCEPTANCE_STATEMENT, { description: "What is confirmed." }),
  },
  "An operator's decision on one proof.",
);
/** An operator's decision on one proof. */
export type Acceptance = Static<typeof Acceptance>;
