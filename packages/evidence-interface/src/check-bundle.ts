import type { Static, TSchema } from "typebox";
import { BoundsSelfTest } from "./bounds-self-test.ts";
import { BUNDLE_FILES, SELF_TEST_FILE } from "./bundle-files.ts";
import type { BundleInput } from "./bundle-input.ts";
import { checkCommitments, checkSnapshots } from "./check-commitments.ts";
import { checkAttempts, checkTrials } from "./check-identity.ts";
import { checkManifestFiles } from "./check-manifest-files.ts";
import { checkObservation, checkProof } from "./check-observation.ts";
import { checkReport } from "./check-report.ts";
import { checkSignature } from "./check-signature.ts";
import { checkWithheld } from "./check-withheld.ts";
import type { EventType } from "./event.ts";
import type { Finding } from "./finding.ts";
import { Manifest } from "./manifest.ts";
import { Observation } from "./observation.ts";
import type { Sha256 } from "./primitives.ts";
import { readBundleDocument } from "./read-bundle-document.ts";
import { Report } from "./report.ts";
import { segmentFile, Withheld, WITHHELD_FILE } from "./withheld.ts";

/** A bundle's documents as far as they could be read, with everything that is wrong with them. */
export interface CheckedBundle {
  readonly findings: readonly Finding[];
  readonly report: Report | null;
  readonly observation: Observation | null;
  readonly manifest: Manifest | null;
  /** Types of event in the log, sorted, each once. */
  readonly eventTypes: readonly EventType[];
  /** Digest of manifest.json, the identity of the bundle. */
  readonly digest: Sha256 | null;
  /**
   * `complete`: nothing is wrong and nothing is missing. `withheld`: something was taken out and said so, and what is
   * left is as it was sealed; never complete, since each thing withheld is also a finding. `invalid`: anything else.
   */
  readonly state: "complete" | "withheld" | "invalid";
  /** What was taken out, when withheld.json is sound. */
  readonly withheld: Withheld["files"];
}

/** Rule of the finding for something that withheld.json accounts for. */
const WITHHELD_RULE = "withheld";

/** Judges one bundle: bytes, schemas, digests, signature, events, and the report derived again. Pure; all findings are collected. */
export function checkBundle(input: BundleInput): CheckedBundle {
  const { files, documents, events, facts } = input;
  const findings: Finding[] = [...input.findings];
  const add = (more: readonly Finding[]): void => void findings.push(...more);
  const read = <T extends TSchema>(schema: T, file: string): Static<T> | null => {
    const { value, findings: faults } = readBundleDocument(documents, schema, file);
    add(faults);
    return value;
  };
  const named = (): ReadonlySet<string> => new Set(findings.map(({ file }) => file));

  const manifest = read(Manifest, BUNDLE_FILES.manifest);
  // Read before anything that it explains. Without a readable manifest it explains nothing.
  const told = read(Withheld, WITHHELD_FILE);
  const withheld = told === null || manifest === null ? null : believed(told, manifest, input, add);
  add(absentDocuments(files, named()));
  if (events !== null) add(events.findings);
  const report = read(Report, BUNDLE_FILES.report);
  const observation = read(Observation, BUNDLE_FILES.observation);
  if (manifest !== null) {
    add(checkManifestFiles(manifest, { files, named: named(), explained: explainedBy(withheld) }));
    const sizeOf = (path: string): number | undefined =>
      files.get(path)?.size ?? withheld?.files.find((file) => file.path === path)?.size;
    if (events !== null) add(checkCommitments(manifest, events, sizeOf));
    add(checkSnapshots(manifest, facts));
  }
  add(checkSignature(input, manifest));
  // Of a withheld log only the signed manifest can still say whose it was.
  const trial =
    input.expected ?? facts.started?.trial ?? (withheld === null ? null : manifest?.trial) ?? null;
  add(
    checkTrials(trial, [
      [BUNDLE_FILES.manifest, manifest?.trial],
      [BUNDLE_FILES.report, report?.trial],
      [BUNDLE_FILES.observation, observation?.trial],
      [BUNDLE_FILES.events, facts.started?.trial],
    ]),
  );
  add(
    checkAttempts(facts.started?.attemptId, [
      [BUNDLE_FILES.manifest, manifest?.attemptId],
      [BUNDLE_FILES.report, report?.attemptId],
    ]),
  );
  if (observation !== null) {
    add(checkObservation(observation, input));
    const selfTest = read(BoundsSelfTest, SELF_TEST_FILE);
    add(checkTrials(trial, [[SELF_TEST_FILE, selfTest?.trial]]));
    add(checkProof(observation, selfTest, files.get(SELF_TEST_FILE)?.sha256 ?? null));
    if (events !== null) add(checkReport(input, observation, events));
  }
  return {
    findings,
    report,
    observation,
    manifest,
    eventTypes: [...facts.types].toSorted(),
    digest: files.get(BUNDLE_FILES.manifest)?.sha256 ?? null,
    state: stateOf(findings),
    withheld: withheld?.files ?? [],
  };
}

/** What withheld.json says when it is sound, each thing withheld as a finding; null when it cannot be believed. */
function believed(
  told: Withheld,
  manifest: Manifest,
  { files, documents }: BundleInput,
  add: (more: readonly Finding[]) => void,
): Withheld | null {
  const manifestDigest = files.get(BUNDLE_FILES.manifest)?.sha256 ?? null;
  const faults = checkWithheld(told, { manifest, manifestDigest, files, documents });
  add(faults);
  if (faults.length > 0) return null;
  add(
    told.files.map(({ path, reason }) => ({
      code: "ARTIFACT_MISSING",
      rule: WITHHELD_RULE,
      file: path,
      found: reason,
      expected: "the file",
    })),
  );
  return told;
}

function explainedBy(withheld: Withheld | null): ReadonlySet<string> {
  if (withheld === null) return new Set();
  return new Set([WITHHELD_FILE, ...withheld.shown.map(({ index }) => segmentFile(index))]);
}

function absentDocuments(files: BundleInput["files"], named: ReadonlySet<string>): readonly Finding[] {
  return Object.values(BUNDLE_FILES)
    .filter((file) => !files.has(file) && !named.has(file))
    .map((file) => ({ code: "ARTIFACT_MISSING", rule: "document", file }));
}

function stateOf(findings: readonly Finding[]): CheckedBundle["state"] {
  if (findings.length === 0) return "complete";
  const explained = findings.every(({ code, rule }) => code === "ARTIFACT_MISSING" && rule === WITHHELD_RULE);
  return explained ? "withheld" : "invalid";
}
