import { BUNDLE_FILES, SELF_TEST_FILE } from "./bundle-files.ts";
import type { Finding } from "./finding.ts";
import type { Manifest } from "./manifest.ts";
import type { Sha256 } from "./primitives.ts";
import { verifySegment } from "./segment-proof.ts";
import { segmentFile, WITHHELD_FILE, type Withheld } from "./withheld.ts";

/** Documents that everything else is judged by: a bundle without one of them is not a bundle. */
const NEVER: readonly string[] = [BUNDLE_FILES.report, BUNDLE_FILES.observation, SELF_TEST_FILE];

/** What a withheld.json is judged against. */
export interface WithheldInput {
  readonly manifest: Manifest;
  readonly manifestDigest: Sha256 | null;
  readonly files: ReadonlyMap<string, unknown>;
  readonly documents: ReadonlyMap<string, Uint8Array>;
}

/** Faults of a withheld.json: it may only say what the signed manifest says already, and only of files that are gone. */
export function checkWithheld(withheld: Withheld, input: WithheldInput): readonly Finding[] {
  const findings: Finding[] = [];
  const broken = (code: Finding["code"], rule: string, found: string, expected: string): void => {
    findings.push({ code, rule, file: WITHHELD_FILE, found, expected });
  };
  if (withheld.manifest !== input.manifestDigest)
    broken("DIGEST_MISMATCH", "withheld-manifest", withheld.manifest, input.manifestDigest ?? "no manifest");
  let before = "";
  for (const { path, size, sha256 } of withheld.files) {
    const listed = input.manifest.files.find((file) => file.path === path);
    if (path <= before) broken("SCHEMA_INVALID", "withheld-order", path, "paths sorted, each once");
    before = path;
    if (NEVER.includes(path)) broken("SCHEMA_INVALID", "withheld-document", path, "an artifact or the log");
    if (listed === undefined || listed.size !== size || listed.sha256 !== sha256)
      broken("DIGEST_MISMATCH", "withheld-file", `${path} ${sha256}`, listed?.sha256 ?? "a listed file");
    if (input.files.has(path)) broken("ARTIFACT_EXTRA", "withheld-present", path, "a file that is gone");
  }
  if (withheld.shown.length > 0 && !withheld.files.some(({ path }) => path === "events.jsonl"))
    broken("ARTIFACT_EXTRA", "shown-segments", "segments", "segments only of a withheld log");
  let last = -1;
  for (const { index, path } of withheld.shown) {
    if (index <= last) broken("SCHEMA_INVALID", "withheld-order", String(index), "indexes sorted, each once");
    last = index;
    const bytes = input.documents.get(segmentFile(index));
    const { segments } = input.manifest.events;
    const proof = { schemaVersion: "1.0", index, segments, path };
    if (bytes === undefined) broken("ARTIFACT_MISSING", "shown-segment", segmentFile(index), "the segment");
    else if (!verifySegment(bytes, proof, input.manifest.events))
      broken(
        "DIGEST_MISMATCH",
        "shown-segment",
        segmentFile(index),
        "the bytes that the manifest commits to",
      );
  }
  return findings;
}
