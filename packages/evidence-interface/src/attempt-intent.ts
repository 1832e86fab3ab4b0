import Type, { type Static } from "typebox";
import { AttemptId, SchemaVersion, Sha256, Timestamp, TrialRef } from "./primitives.ts";

/** attempts/…/<attemptId>.json: written before anything of an attempt runs, so that one that dies stays visible. */
export const AttemptIntent = Type.Object(
  {
    schemaVersion: SchemaVersion,
    trial: TrialRef,
    attemptId: AttemptId,
    planDigest: Sha256,
    startedAt: Timestamp,
  },
  { additionalProperties: false, description: "Intent of one attempt at a trial." },
);
export type AttemptIntent = Static<typeof AttemptIntent>;
