import { Sha256 } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";

/** A file that a judgement was made from. */
export const RootInput = Type.Object(
  {
    role: Type.Union(
      [
        Type.Literal("harness"),
        Type.Literal("policy"),
        Type.Literal("trusted-keys"),
        Type.Literal("plan"),
        Type.Literal("fixture"),
        Type.Literal("applicability"),
        Type.Literal("intent"),
        Type.Literal("bundle"),
        Type.Literal("comparison"),
        Type.Literal("policy-signature"),
        Type.Literal("allowed-signers"),
        Type.Literal("revocations"),
        Type.Literal("trust-root"),
        Type.Literal("lane"),
        Type.Literal("contract"),
        Type.Literal("ownership"),
        Type.Literal("stage5"),
        Type.Literal("admission"),
        Type.Literal("observation"),
        Type.Literal("proof"),
        Type.Literal("acceptance"),
        Type.Literal("ledger"),
        Type.Literal("record"),
        Type.Literal("failure-matrix"),
        Type.Literal("matrix-block"),
        Type.Literal("matrix-injection"),
        Type.Literal("journal"),
      ],
      {
        description:
          "What the file is; a bundle is named by its manifest, which commits to every other file of it.",
      },
    ),
    path: Type.String({ maxLength: 8192, description: "Path relative to the harness root, escaped." }),
    sha256: Sha256,
  },
  { additionalProperties: false, description: "A file that the judgement was made from." },
);
/** A file that a judgement was made from. */
export type RootInput = Static<typeof RootInput>;
