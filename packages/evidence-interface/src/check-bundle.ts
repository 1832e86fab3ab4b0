import { BundleStatement } from "./bundle.ts";
import { digestHex, sha256 } from "./digest.ts";
import { deriveReport } from "./derive-report.ts";
import { openEnvelope, type TrustedKeys } from "./dsse.ts";
import type { EventType } from "./event.ts";
import type { EventLogSummary } from "./event-log-checker.ts";
import { MAX_FINDINGS, type Finding } from "./finding.ts";
import { Manifest, MAY_BE_EMPTY, REQUIRED_ROLES, type ArtifactRole } from "./manifest.ts";
import { Observation } from "./observation.ts";
import { FORBIDDEN_ACTIONS, type Sha256, type TrialRef } from "./primitives.ts";
import { Report } from "./report.ts";
import type { LogFacts } from "./report-fold.ts";
import { parseStrictBytes, strictFinding, writeStrictBytes } from "./strict-json.ts";
import { checkDocument, validateDocument } from "./validate.ts";
import type { Static, TSchema } from "typebox";

/** Paths of the bundle's own documents. */
export const BUNDLE_FILES = {
  report: "report.json",
  events: "events.jsonl",
  manifest: "manifest.json",
  envelope: "bundle.dsse.json",
  observation: "artifacts/observation.json",
} as const;

/** Roles that belong to one path alone. */
const DOCUMENT_ROLES: ReadonlyMap<string, ArtifactRole> = new Map([
  [BUNDLE_FILES.report, "report"],
  [BUNDLE_FILES.events, "events"],
  [BUNDLE_FILES.observation, "observation"],
]);

/** What a reader found in a bundle's folder; made by `./fs`, judged here. */
export interface BundleInput {
  /** Every regular file, by relative path, hashed. */
  readonly files: ReadonlyMap<string, { readonly size: number; readonly sha256: Sha256 }>;
  /** Entries that are no regular files, and files that could not be read. */
  readonly findings: readonly Finding[];
  /** Bytes of the small documents that were there. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  /** Summary of events.jsonl, null when it was not there. */
  readonly events: EventLogSummary | null;
  readonly facts: LogFacts;
  readonly trusted: TrustedKeys;
  /** The trial that this folder stands for, when the caller knows; null accepts any. */
  readonly expected: TrialRef | null;
}

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
}

const sameTrial = (a: TrialRef, b: TrialRef): boolean =>
  a.planId === b.planId && a.lane === b.lane && a.fixture === b.fixture && a.number === b.number;
const trialText = (trial: TrialRef): string =>
  `${trial.planId}/${trial.lane}/${trial.fixture}/${trial.number}`;

class BundleCheck {
  readonly findings: Finding[];
  readonly #input: BundleInput;

  constructor(input: BundleInput) {
    this.#input = input;
    this.findings = [...input.findings];
  }

  read<T extends TSchema>(schema: T, file: string): Static<T> | null {
    const bytes = this.#input.documents.get(file);
    if (bytes === undefined) return null;
    const json = parseStrictBytes(bytes);
    if (!json.ok) {
      this.findings.push(strictFinding(json, file));
      return null;
    }
    if (file === BUNDLE_FILES.manifest) this.#escapes(json.value);
    const checked = checkDocument(schema, json.value, file);
    this.findings.push(...checked.findings);
    return checked.value;
  }

  /** The schema refuses such a path too; that a manifest points outside its bundle deserves its own name. */
  #escapes(manifest: unknown): void {
    if (
      typeof manifest !== "object" ||
      manifest === null ||
      !("files" in manifest) ||
      !Array.isArray(manifest.files)
    )
      return;
    const files: readonly unknown[] = manifest.files;
    let escapes = 0;
    for (const entry of files) {
      if (typeof entry !== "object" || entry === null || !("path" in entry) || typeof entry.path !== "string")
        continue;
      if (!/^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(entry.path)) continue;
      if (++escapes > MAX_FINDINGS) return;
      this.findings.push({
        code: "PATH_ESCAPE",
        rule: "manifest-path",
        file: BUNDLE_FILES.manifest,
        found: entry.path.slice(0, 200),
        expected: "a path inside the bundle",
      });
    }
  }

  required(): void {
    for (const file of Object.values(BUNDLE_FILES)) {
      const broken = this.#input.findings.some((finding) => finding.file === file);
      if (!this.#input.files.has(file) && !broken)
        this.findings.push({ code: "ARTIFACT_MISSING", rule: "document", file });
    }
  }

  manifest(manifest: Manifest): void {
    const file = BUNDLE_FILES.manifest;
    const listed = new Set<string>();
    let before = "";
    for (const entry of manifest.files) {
      if (entry.path <= before)
        this.findings.push({
          code: "SCHEMA_INVALID",
          rule: "order",
          file,
          found: entry.path,
          expected: "paths sorted, each once",
        });
      before = entry.path;
      listed.add(entry.path);
      const own = DOCUMENT_ROLES.get(entry.path);
      if (own !== undefined && own !== entry.role)
        this.findings.push({
          code: "SCHEMA_INVALID",
          rule: "document-role",
          file,
          found: `${entry.path} as ${entry.role}`,
          expected: own,
        });
      this.#entry(entry);
    }
    for (const path of this.#input.files.keys()) {
      if (!listed.has(path) && path !== BUNDLE_FILES.manifest && path !== BUNDLE_FILES.envelope)
        this.findings.push({ code: "ARTIFACT_EXTRA", rule: "unlisted", file: path });
    }
    for (const role of REQUIRED_ROLES) {
      const count = manifest.files.filter((entry) => entry.role === role).length;
      if (count !== 1)
        this.findings.push({
          code: "ARTIFACT_MISSING",
          rule: "role",
          file,
          found: `${count} files of role ${role}`,
          expected: "one",
        });
    }
  }

  #entry(entry: Manifest["files"][number]): void {
    const actual = this.#input.files.get(entry.path);
    if (actual === undefined) {
      if (!this.findings.some((finding) => finding.file === entry.path))
        this.findings.push({ code: "ARTIFACT_MISSING", rule: "listed", file: entry.path });
      return;
    }
    if (actual.size !== entry.size)
      this.findings.push({
        code: "DIGEST_MISMATCH",
        rule: "size",
        file: entry.path,
        found: `${actual.size} bytes`,
        expected: `${entry.size} bytes`,
      });
    else if (actual.sha256 !== entry.sha256)
      this.findings.push({
        code: "DIGEST_MISMATCH",
        rule: "sha256",
        file: entry.path,
        found: actual.sha256,
        expected: entry.sha256,
      });
    if (entry.size === 0 && !MAY_BE_EMPTY.includes(entry.role))
      this.findings.push({
        code: "ARTIFACT_EMPTY",
        rule: "role",
        file: entry.path,
        expected: `bytes for role ${entry.role}`,
      });
  }

  commitments(manifest: Manifest, events: EventLogSummary): void {
    const file = BUNDLE_FILES.manifest;
    const differs = (rule: string, found: string | number | null, expected: string | number | null): void => {
      if (found !== expected)
        this.findings.push({
          code: "DIGEST_MISMATCH",
          rule,
          file,
          found: String(found),
          expected: String(expected),
        });
    };
    differs("event-count", manifest.events.count, events.count);
    differs("last-checkpoint", manifest.events.lastCheckpoint, events.lastCheckpoint);
    differs("segments", manifest.events.segments, events.segments);
    differs("merkle-root", manifest.events.merkleRoot, events.merkleRoot);
    for (const [artifact, reach] of events.rawReach) {
      const size = this.#input.files.get(artifact)?.size;
      if (size === undefined)
        this.findings.push({
          code: "EVENTS_INVALID",
          rule: "raw-artifact",
          file: BUNDLE_FILES.events,
          found: artifact,
          expected: "a file of the bundle",
        });
      else if (reach > size)
        this.findings.push({
          code: "EVENTS_INVALID",
          rule: "raw-range",
          file: BUNDLE_FILES.events,
          found: `${artifact} byte ${reach}`,
          expected: `at most ${size}`,
        });
    }
  }

  /** The snapshots that the log speaks of are the ones in the bundle. */
  snapshots(manifest: Manifest): void {
    for (const [which, { artifact, sha256: said }] of this.#input.facts.snapshots) {
      const listed = manifest.files.find(({ path }) => path === artifact);
      if (listed?.role === `snapshot-${which}` && listed.sha256 === said) continue;
      this.findings.push({
        code: "EVENTS_INVALID",
        rule: "snapshot-digest",
        file: BUNDLE_FILES.events,
        found: `${artifact} ${said}`,
        expected: `the artifact of role snapshot-${which}`,
      });
    }
  }

  signature(manifest: Manifest | null): void {
    const file = BUNDLE_FILES.envelope;
    const bytes = this.#input.documents.get(file);
    if (bytes === undefined) return;
    const opened = openEnvelope(bytes, this.#input.trusted);
    if (!opened.ok) {
      this.findings.push({ code: opened.code, rule: opened.rule, file, found: opened.found });
      return;
    }
    const json = parseStrictBytes(opened.payload);
    const statement = json.ok ? validateDocument(BundleStatement, json.value) : null;
    if (statement === null || !statement.ok) {
      this.findings.push({
        code: "SCHEMA_INVALID",
        rule: "statement",
        file,
        expected: statement?.errors[0]?.message ?? "canonical JSON",
      });
      return;
    }
    const signed = statement.value.subject[0]?.digest.sha256 ?? "";
    const actual = this.#input.files.get(BUNDLE_FILES.manifest)?.sha256 ?? "sha256:none";
    if (signed !== digestHex(actual))
      this.findings.push({
        code: "DIGEST_MISMATCH",
        rule: "signed-manifest",
        file: BUNDLE_FILES.manifest,
        found: actual,
        expected: `sha256:${signed}`,
      });
    this.attempts([[file, statement.value.predicate.attemptId]]);
    if (manifest !== null && !sameTrial(statement.value.predicate.trial, manifest.trial)) {
      this.findings.push({
        code: "TRIAL_MISMATCH",
        rule: "statement",
        file,
        found: trialText(statement.value.predicate.trial),
        expected: trialText(manifest.trial),
      });
    }
  }

  attempts(attempts: readonly (readonly [string, string | undefined])[]): void {
    const expected = this.#input.facts.started?.attemptId;
    if (expected === undefined) return;
    for (const [file, attempt] of attempts) {
      if (attempt !== undefined && attempt !== expected)
        this.findings.push({ code: "TRIAL_MISMATCH", rule: "attempt", file, found: attempt, expected });
    }
  }

  identity(trials: readonly (readonly [string, TrialRef | null | undefined])[]): void {
    const expected = this.#input.expected ?? this.#input.facts.started?.trial ?? null;
    if (expected === null) return;
    for (const [file, trial] of trials) {
      if (trial !== null && trial !== undefined && !sameTrial(trial, expected))
        this.findings.push({
          code: "TRIAL_MISMATCH",
          rule: "identity",
          file,
          found: trialText(trial),
          expected: trialText(expected),
        });
    }
  }

  observation(observation: Observation): void {
    const named = observation.actions.map((action) => action.action).join();
    if (named !== FORBIDDEN_ACTIONS.join())
      this.findings.push({
        code: "SCHEMA_INVALID",
        rule: "actions",
        file: BUNDLE_FILES.observation,
        found: named,
        expected: "the ten forbidden actions in order",
      });
    const tier = this.#input.facts.started?.boundsTier;
    if (tier !== undefined && tier !== observation.bounds.tier)
      this.findings.push({
        code: "OBSERVATION_DIVERGED",
        rule: "bounds-tier",
        file: BUNDLE_FILES.observation,
        found: observation.bounds.tier,
        expected: tier,
      });
    const unruled = observation.workspace.changes.filter(
      (change) => (change.verdict === "violation") !== (change.rule !== null),
    );
    for (const change of unruled.slice(0, MAX_FINDINGS)) {
      this.findings.push({
        code: "SCHEMA_INVALID",
        rule: "change-rule",
        file: BUNDLE_FILES.observation,
        found: change.path,
        expected: "a rule exactly when a violation",
      });
    }
  }

  rederive(observation: Observation, events: EventLogSummary): void {
    const bytes = this.#input.documents.get(BUNDLE_FILES.report);
    const observed = this.#input.documents.get(BUNDLE_FILES.observation);
    if (bytes === undefined || observed === undefined) return;
    const derived = deriveReport({
      facts: this.#input.facts,
      events,
      observation,
      observationSha256: sha256(observed),
    });
    if (derived === null) return;
    const expected = writeStrictBytes(derived);
    if (Buffer.compare(bytes, expected) === 0) return;
    let at = 0;
    while (at < bytes.length && bytes[at] === expected[at]) at++;
    const show = (all: Uint8Array): string =>
      Buffer.from(all.subarray(Math.max(0, at - 30), at + 30)).toString("utf8");
    this.findings.push({
      code: "REPORT_DIVERGED",
      rule: "derived",
      file: BUNDLE_FILES.report,
      offset: at,
      found: show(bytes),
      expected: show(expected),
    });
  }
}

/** Judges one bundle: bytes, schemas, digests, signature, events, and the report derived again. Pure; all findings are collected. */
export function checkBundle(input: BundleInput): CheckedBundle {
  const check = new BundleCheck(input);
  check.required();
  if (input.events !== null) check.findings.push(...input.events.findings);
  const manifest = check.read(Manifest, BUNDLE_FILES.manifest);
  const report = check.read(Report, BUNDLE_FILES.report);
  const observation = check.read(Observation, BUNDLE_FILES.observation);
  if (manifest !== null) check.manifest(manifest);
  if (manifest !== null && input.events !== null) check.commitments(manifest, input.events);
  if (manifest !== null) check.snapshots(manifest);
  check.signature(manifest);
  check.identity([
    [BUNDLE_FILES.manifest, manifest?.trial],
    [BUNDLE_FILES.report, report?.trial],
    [BUNDLE_FILES.observation, observation?.trial],
    [BUNDLE_FILES.events, input.facts.started?.trial],
  ]);
  check.attempts([
    [BUNDLE_FILES.manifest, manifest?.attemptId],
    [BUNDLE_FILES.report, report?.attemptId],
  ]);
  if (observation !== null) check.observation(observation);
  if (observation !== null && input.events !== null) check.rederive(observation, input.events);
  const digest = input.files.get(BUNDLE_FILES.manifest)?.sha256 ?? null;
  const eventTypes = [...input.facts.types].toSorted();
  return { findings: check.findings, report, observation, manifest, eventTypes, digest };
}
