import {
  BundlePath,
  CommitId,
  HarnessRef,
  oneOf,
  SchemaVersion,
  ShortText,
  Timestamp,
} from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed, GitTree, HexSha256, statementOf } from "../schema-parts.ts";

/** Predicate type of Stage 5 validation evidence. */
export const STAGE5_PREDICATE = "https://stage6.invalid/predicate/stage5-validation/v1";

/** Stage 5 validation evidence: the candidate changed an owned, low-risk repository under the Harness's control. */
export const Stage5Statement = statementOf(
  STAGE5_PREDICATE,
  Type.Array(
    closed(
      { name: BundlePath, digest: closed({ sha256: HexSha256 }, "Digest of the file.") },
      "A file of the evidence, below stage5/<id>/.",
    ),
    { minItems: 1, maxItems: 4096, description: "Every file of the evidence." },
  ),
  closed(
    {
      schemaVersion: SchemaVersion,
      result: oneOf(["PASSED", "FAILED"], "Result of the validation."),
      source: closed(
        { repository: ShortText, commit: CommitId, gitTree: GitTree },
        "Source of the candidate that was validated.",
      ),
      target: closed(
        {
          repository: ShortText,
          ownership: Type.Literal("owned-noncritical", { description: "Class of the target." }),
          baseCommit: CommitId,
        },
        "Repository that was changed.",
      ),
      validator: HarnessRef,
      startedAt: Timestamp,
      finishedAt: Timestamp,
      expiresAt: Timestamp,
    },
    "What was validated, when, and with which result.",
  ),
  "Stage 5 validation evidence.",
);
/** Stage 5 validation evidence. */
export type Stage5Statement = Static<typeof Stage5Statement>;
