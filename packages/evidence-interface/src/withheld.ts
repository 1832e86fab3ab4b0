import Type, { type Static } from "typebox";
import { BundlePath, Count, SchemaVersion, Sha256 } from "./primitives.ts";

/** Name of the document that stands beside the manifest of a bundle from which something was taken out. */
export const WITHHELD_FILE = "withheld.json";

/** What was taken out of a sealed bundle. Unsigned: each digest must be the one that the signed manifest commits to. */
export const Withheld = Type.Object(
  {
    schemaVersion: SchemaVersion,
    manifest: Type.String({
      pattern: "^sha256:[0-9a-f]{64}$",
      description: "Digest of the manifest.json it stands beside.",
    }),
    files: Type.Array(
      Type.Object(
        {
          path: BundlePath,
          size: Count,
          sha256: Sha256,
          reason: Type.String({ minLength: 1, maxLength: 512, description: "Why it is withheld." }),
        },
        { additionalProperties: false, description: "A file that is not here." },
      ),
      { minItems: 1, maxItems: 4096, description: "Files withheld, sorted by path." },
    ),
    shown: Type.Array(
      Type.Object(
        {
          index: Count,
          path: Type.Array(Sha256, { maxItems: 53, description: "Audit path, the lowest hash first." }),
        },
        { additionalProperties: false, description: "A segment of a withheld log that is here." },
      ),
      {
        maxItems: 4096,
        description:
          "Segments of events.jsonl that are shown although the file is withheld, sorted by index.",
      },
    ),
  },
  { additionalProperties: false, description: "What was taken out of a sealed bundle." },
);
export type Withheld = Static<typeof Withheld>;

/** Where a shown segment of a withheld log lies in the bundle. */
export function segmentFile(index: number): string {
  return `segments/${String(index).padStart(8, "0")}.jsonl`;
}
