import type { KeyObject } from "node:crypto";
import { BUNDLE_PREDICATE, STATEMENT_TYPE, type BundleStatement } from "./bundle.ts";
import { BUNDLE_FILES } from "./bundle-files.ts";
import { deriveReport } from "./derive-report.ts";
import { digestHex, sha256 } from "./digest.ts";
import { signStatement } from "./dsse.ts";
import type { EventLogSummary } from "./event-log-checker.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import type { Observation } from "./observation.ts";
import { SCHEMA_VERSION } from "./primitives.ts";
import type { LogFacts } from "./report-fold.ts";
import type { Report } from "./report.ts";
import { writeStrictBytes } from "./strict-json.ts";

/** Bytes of files of a bundle, by their paths. */
export type DocumentBytes = ReadonlyMap<string, Uint8Array>;

/** The report that a log and an observation give, and the bytes of both documents; null for a log without `run.started`. */
export function reportDocuments(
  facts: LogFacts,
  events: EventLogSummary,
  observation: Observation,
): { readonly report: Report; readonly documents: DocumentBytes } | null {
  const observed = writeStrictBytes(observation);
  const report = deriveReport({ facts, events, observation, observationSha256: sha256(observed) });
  if (report === null) return null;
  const documents = new Map([
    [BUNDLE_FILES.observation, observed],
    [BUNDLE_FILES.report, writeStrictBytes(report)],
  ]);
  return { report, documents };
}

/** Manifest and signature of a bundle whose other files are given, sorted by path. */
export function sealDocuments(
  { trial, attemptId }: Report,
  { count, lastCheckpoint, segments, merkleRoot }: EventLogSummary,
  files: readonly ManifestFile[],
  key: KeyObject,
): DocumentBytes {
  const manifest: Manifest = {
    schemaVersion: SCHEMA_VERSION,
    trial,
    attemptId,
    files: [...files],
    events: { count, lastCheckpoint, segments, merkleRoot },
  };
  const bytes = writeStrictBytes(manifest);
  const statement: BundleStatement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: BUNDLE_FILES.manifest, digest: { sha256: digestHex(sha256(bytes)) } }],
    predicateType: BUNDLE_PREDICATE,
    predicate: { schemaVersion: SCHEMA_VERSION, trial, attemptId },
  };
  return new Map<string, Uint8Array>([
    [BUNDLE_FILES.manifest, bytes],
    [BUNDLE_FILES.envelope, signStatement(statement, key)],
  ]);
}
