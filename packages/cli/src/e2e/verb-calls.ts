import Type, { type Static } from "typebox";

/** Calls, each as its words, and the folder whose bytes are looked at around each of them. */
export const VerbCalls = Type.Object(
  { root: Type.String(), calls: Type.Array(Type.Array(Type.String())) },
  { additionalProperties: false },
);
/** What came of each call, in order. */
export const VerbResults = Type.Array(
  Type.Object(
    {
      code: Type.Integer(),
      /** What the call's JSON document says of activation. */
      activation: Type.Unknown(),
      /** Whether a byte, a name or a mode below the folder changed. */
      changed: Type.Boolean(),
      err: Type.String(),
    },
    { additionalProperties: false },
  ),
);
export type VerbResults = Static<typeof VerbResults>;
