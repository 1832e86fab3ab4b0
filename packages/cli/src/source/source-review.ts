import { ShortText } from "@stage6/evidence-interface";
import { SourceAdmission } from "@stage6/eligibility";
import Type, { type Static } from "typebox";

const Admitted = SourceAdmission.properties.predicate.properties;
const Path = Type.String({ minLength: 1, maxLength: 1024, description: "Path in the checkout, with `/`." });

/** What a reviewer judges of a source and no machine can: the input of `stage6 admit-source`. Everything else is collected. */
export const SourceReview = Type.Object(
  {
    reviewer: ShortText,
    licence: Admitted.licence,
    knownDefects: Admitted.knownDefects,
    dependencies: Admitted.dependencies,
    preparation: Admitted.binary.properties.preparation,
    upstreamTests: Admitted.upstreamTests,
    prompts: Type.Array(Path, {
      maxItems: 256,
      description: "Files of the checkout that are instructions to a model.",
    }),
    extraFiles: Admitted.extraFiles,
    extraFolders: Type.Array(Path, {
      maxItems: 16,
      description: "Folders beside the tree that are allowed as they are now.",
    }),
    lockfiles: Type.Array(
      Type.Object(
        { path: Path, authoritative: Admitted.lockfiles.items.properties.authoritative },
        { additionalProperties: false, description: "A lock file." },
      ),
      { maxItems: 16, description: "Lock files, stale ones too." },
    ),
    validDays: Type.Integer({ minimum: 1, maximum: 30, description: "Days until the admission expires." }),
  },
  { additionalProperties: false, description: "A reviewer's judgement of a source." },
);
/** What a reviewer judges of a source and no machine can. */
export type SourceReview = Static<typeof SourceReview>;
