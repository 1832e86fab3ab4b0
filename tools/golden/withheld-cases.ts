import { segmentFile, withhold, WITHHELD_FILE } from "@stage6/evidence-interface";
import { sampleTrial, sealFiles } from "@stage6/evidence-interface/testing";
import { edited, expecting, type BadCase } from "./bad-case.ts";

const STDOUT = "artifacts/stdout.raw";
const REASON = "names a customer";
const good = sealFiles(sampleTrial());
const withoutArtifact = (): Map<string, Uint8Array> => withhold(good, { files: new Map([[STDOUT, REASON]]) });
const withoutSegment = (): Map<string, Uint8Array> => withhold(good, { segments: new Map([[0, REASON]]) });
const zeros = "0".repeat(64);

/** Golden bundles from which something was taken out, sound but never complete, by folder name. */
export const WITHHELD_BUNDLES: Readonly<Record<string, ReadonlyMap<string, Uint8Array>>> = {
  artifact: withoutArtifact(),
  segment: withoutSegment(),
};

function retold(from: RegExp, to: string): Map<string, Uint8Array> {
  const files = withoutArtifact();
  return files.set(WITHHELD_FILE, edited(files.get(WITHHELD_FILE) ?? Buffer.of(), from, to));
}

/** Bundles whose withheld.json says more than the signed manifest, or less than is gone. */
export function withheldCases(): readonly BadCase[] {
  return [
    {
      ...expecting("DIGEST_MISMATCH", "withheld-file", WITHHELD_FILE),
      files: retold(/"sha256":"sha256:.{64}/, `"sha256":"sha256:${zeros}`),
    },
    {
      ...expecting("DIGEST_MISMATCH", "withheld-manifest", WITHHELD_FILE),
      files: retold(/"manifest":"sha256:.{64}/, `"manifest":"sha256:${zeros}`),
    },
    {
      ...expecting("DIGEST_MISMATCH", "shown-segment", WITHHELD_FILE),
      files: withoutSegment().set(segmentFile(1), Buffer.from("{}\n")),
    },
    {
      ...expecting("ARTIFACT_EXTRA", "withheld-present", WITHHELD_FILE),
      files: withoutArtifact().set(STDOUT, good.get(STDOUT) ?? Buffer.of()),
    },
    {
      ...expecting("SCHEMA_INVALID", "withheld-document", WITHHELD_FILE),
      files: withhold(good, { files: new Map([["report.json", REASON]]) }),
    },
  ];
}
