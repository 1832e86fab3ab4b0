import type { KeyObject } from "node:crypto";
import { BUNDLE_PREDICATE, STATEMENT_TYPE, type BundleStatement } from "../bundle.ts";
import { BUNDLE_FILES } from "../bundle-files.ts";
import { deriveReport } from "../derive-report.ts";
import { digestHex, sha256 } from "../digest.ts";
import { signStatement } from "../dsse.ts";
import { EventLogChecker } from "../event-log-checker.ts";
import type { Manifest } from "../manifest.ts";
import type { Observation } from "../observation.ts";
import { SCHEMA_VERSION } from "../primitives.ts";
import { emptyFacts, foldEvent } from "../report-fold.ts";
import { writeStrictBytes } from "../strict-json.ts";
import { sampleTrial, writeSampleLog, type SampleTrial } from "./sample-trial.ts";
import { testKeys } from "./test-keys.ts";

/** Where a fault may be put while a bundle is sealed; each hook sees what would have been written. */
export interface SealFaults {
  readonly log?: (bytes: Buffer) => Uint8Array;
  readonly observation?: (bytes: Uint8Array, observation: Observation) => Uint8Array;
  readonly report?: (bytes: Uint8Array) => Uint8Array;
  readonly manifest?: (manifest: Manifest) => unknown;
  readonly statement?: (statement: BundleStatement) => unknown;
  readonly envelope?: (bytes: Uint8Array) => Uint8Array;
  /** Last of all: files by path. */
  readonly files?: (files: Map<string, Uint8Array>) => void;
  readonly key?: KeyObject;
}

/**
 * Seals a trial in memory as `sealBundle` does on disk, but without refusing faults: what comes before and after the
 * fault is sealed well, so that a reader has exactly that fault to find. Without faults: the same bytes as on disk.
 */
export function sealFiles(
  trial: SampleTrial = sampleTrial(),
  faults: SealFaults = {},
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>(
    [...trial.artifacts].map(([path, artifact]) => [path, artifact.bytes]),
  );
  const goodLog = writeSampleLog(trial.events, trial.startedAt);
  const log = faults.log?.(goodLog) ?? goodLog;
  const facts = emptyFacts();
  const checker = new EventLogChecker(BUNDLE_FILES.events, (event) => foldEvent(facts, event));
  checker.push(Buffer.from(log));
  const events = checker.end();
  const goodObservation = writeStrictBytes(trial.observation);
  const observation = faults.observation?.(goodObservation, trial.observation) ?? goodObservation;
  const derived = deriveReport({
    facts,
    events,
    observation: trial.observation,
    observationSha256: sha256(observation),
  });
  const goodReport = writeStrictBytes(derived);
  files.set(BUNDLE_FILES.events, log);
  files.set(BUNDLE_FILES.observation, observation);
  files.set(BUNDLE_FILES.report, faults.report?.(goodReport) ?? goodReport);
  const { trial: ref, attemptId } = startOf(trial);
  const manifest: Manifest = {
    schemaVersion: SCHEMA_VERSION,
    trial: ref,
    attemptId,
    files: [...files]
      .map(([path, bytes]) => ({ path, ...rolesOf(trial, path), size: bytes.length, sha256: sha256(bytes) }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    events: {
      count: events.count,
      lastCheckpoint: events.lastCheckpoint,
      segments: events.segments,
      merkleRoot: events.merkleRoot,
    },
  };
  const manifestBytes = writeStrictBytes(faults.manifest?.(manifest) ?? manifest);
  files.set(BUNDLE_FILES.manifest, manifestBytes);
  const statement: BundleStatement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: BUNDLE_FILES.manifest, digest: { sha256: digestHex(sha256(manifestBytes)) } }],
    predicateType: BUNDLE_PREDICATE,
    predicate: { schemaVersion: SCHEMA_VERSION, trial: ref, attemptId },
  };
  const envelope = signStatement(
    faults.statement?.(statement) ?? statement,
    faults.key ?? testKeys().runner.privateKey,
  );
  files.set(BUNDLE_FILES.envelope, faults.envelope?.(envelope) ?? envelope);
  faults.files?.(files);
  return files;
}

function startOf(trial: SampleTrial): Pick<Manifest, "trial" | "attemptId"> {
  const start = trial.events.find((draft) => draft[0] === "run.started");
  if (start === undefined || start[0] !== "run.started")
    throw new TypeError("a sample trial begins with run.started");
  return start[1];
}

function rolesOf(trial: SampleTrial, path: string): Pick<Manifest["files"][number], "role" | "mediaType"> {
  if (path === BUNDLE_FILES.events) return { role: "events", mediaType: "application/jsonl" };
  if (path === BUNDLE_FILES.observation) return { role: "observation", mediaType: "application/json" };
  if (path === BUNDLE_FILES.report) return { role: "report", mediaType: "application/json" };
  const known = trial.artifacts.get(path);
  return { role: known?.role ?? "lane-files", mediaType: known?.mediaType ?? "application/octet-stream" };
}
