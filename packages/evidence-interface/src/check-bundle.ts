import { BoundsSelfTest, boundsFaults } from "./bounds-self-test.ts";
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
import { checkWithheld } from "./check-withheld.ts";
import { parseStrictBytes, strictFinding, writeStrictBytes } from "./strict-json.ts";
import { checkDocument, validateDocument } from "./validate.ts";
import { segmentFile, Withheld, WITHHELD_FILE } from "./withheld.ts";
import type { Static, TSchema } from "typebox";

/** Paths of the bundle's own documents. */
export const BUNDLE_FILES = {
  report: "report.json",
  events: "events.jsonl",
  manifest: "manifest.json",
  envelope: "bundle.dsse.json",
  observation: "artifacts/observation.json",
} as const;

/** Path of the strict bounds' evidence, in the bundles of trials that ran inside them. */
export const SELF_TEST_FILE = "artifacts/bounds-self-test.json";

/** Roles that belong to one path alone. */
const DOCUMENT_ROLES: ReadonlyMap<string, ArtifactRole> = new Map([
  [BUNDLE_FILES.report, "report"],
  [BUNDLE_FILES.events, "events"],
  [BUNDLE_FILES.observation, "observation"],
  [SELF_TEST_FILE, "bounds-self-test"],
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
  /**
   * `complete`: nothing is wrong and nothing is missing. `withheld`: something was taken out and said so, and what is
   * left is as it was sealed; never complete, since each thing withheld is also a finding. `invalid`: anything else.
   */
  readonly state: "complete" | "withheld" | "invalid";
  /** What was taken out, when withheld.json is sound. */
  readonly withheld: Withheld["files"];
}

const sameTrial = (a: TrialRef, b: TrialRef): boolean =>
  a.planId === b.planId && a.lane === b.lane && a.fixture === b.fixture && a.number === b.number;
const trialText = (trial: TrialRef): string =>
  `${trial.planId}/${trial.lane}/${trial.fixture}/${trial.number}`;

/** Rule of the finding for something that withheld.json accounts for. */
const WITHHELD_RULE = "withheld";

class BundleCheck {
  readonly findings: Finding[];
  readonly #input: BundleInput;
  /** What withheld.json says is gone; null when there is none, or none that can be believed. */
  #withheld: Withheld | null = null;

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

  /** Reads withheld.json before anything that it explains. Without a readable manifest it explains nothing. */
  withheld(manifest: Manifest | null): Withheld["files"] {
    const said = this.read(Withheld, WITHHELD_FILE);
    if (said === null || manifest === null) return [];
    const { files, documents } = this.#input;
    const manifestDigest = files.get(BUNDLE_FILES.manifest)?.sha256 ?? null;
    const faults = checkWithheld(said, { manifest, manifestDigest, files, documents });
    this.findings.push(...faults);
    if (faults.length > 0) return [];
    this.#withheld = said;
    for (const { path, reason } of said.files)
      this.findings.push({
        code: "ARTIFACT_MISSING",
        rule: WITHHELD_RULE,
        file: path,
        found: reason,
        expected: "the file",
      });
    return said.files;
  }

  #explained(path: string): boolean {
    if (this.#withheld === null) return false;
    return path === WITHHELD_FILE || this.#withheld.shown.some(({ index }) => segmentFile(index) === path);
  }

  required(): void {
    for (const file of Object.values(BUNDLE_FILES)) {
      const broken = this.findings.some((finding) => finding.file === file);
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
      if (
        !listed.has(path) &&
        path !== BUNDLE_FILES.manifest &&
        path !== BUNDLE_FILES.envelope &&
        !this.#explained(path)
      )
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
      const size =
        this.#input.files.get(artifact)?.size ??
        this.#withheld?.files.find(({ path }) => path === artifact)?.size;
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
    // Of a withheld log only the signed manifest can still say whose it was.
    const [, manifest] = this.#withheld === null ? [] : (trials[0] ?? []);
    const expected = this.#input.expected ?? this.#input.facts.started?.trial ?? manifest ?? null;
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

  /** Nothing is proven but by the strict tier, and by a self-test that is in the bundle and passed. */
  proof(observation: Observation): void {
    const { tier, evidence } = observation.bounds;
    const diverged = (rule: string, found: string, expected: string): void =>
      void this.findings.push({
        code: "OBSERVATION_DIVERGED",
        rule,
        file: BUNDLE_FILES.observation,
        found,
        expected,
      });
    const actual = this.#input.files.get(SELF_TEST_FILE)?.sha256 ?? null;
    if (evidence !== actual)
      diverged("bounds-evidence", String(evidence), `${String(actual)}, the digest of ${SELF_TEST_FILE}`);
    if (evidence !== null && tier !== "strict") diverged("bounds-evidence", tier, "strict bounds");
    const document = this.read(BoundsSelfTest, SELF_TEST_FILE);
    if (document !== null) this.identity([[SELF_TEST_FILE, document.trial]]);
    const proven = observation.actions.filter(({ verdict }) => verdict === "proven-prevented");
    if (proven.length === 0) return;
    const faults =
      tier === "default" || document === null ? ["there is no self-test"] : boundsFaults(document);
    if (faults[0] !== undefined)
      diverged(
        "unproven",
        `${proven.map(({ action }) => action).join()}: ${faults[0]}`,
        "a self-test that passed",
      );
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
  const manifest = check.read(Manifest, BUNDLE_FILES.manifest);
  const withheld = check.withheld(manifest);
  check.required();
  if (input.events !== null) check.findings.push(...input.events.findings);
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
  if (observation !== null) check.proof(observation);
  if (observation !== null && input.events !== null) check.rederive(observation, input.events);
  const digest = input.files.get(BUNDLE_FILES.manifest)?.sha256 ?? null;
  const eventTypes = [...input.facts.types].toSorted();
  const { findings } = check;
  const explained = findings.every(({ code, rule }) => code === "ARTIFACT_MISSING" && rule === WITHHELD_RULE);
  const state = findings.length === 0 ? "complete" : explained ? "withheld" : "invalid";
  return { findings, report, observation, manifest, eventTypes, digest, state, withheld };
}
