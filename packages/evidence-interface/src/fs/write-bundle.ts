import { createPublicKey, type KeyObject } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { BUNDLE_FILES } from "../bundle-files.ts";
import { keyId } from "../dsse.ts";
import { EventLogChecker } from "../event-log-checker.ts";
import { formatFinding } from "../finding.ts";
import type { ArtifactRole, ManifestFile } from "../manifest.ts";
import type { Observation } from "../observation.ts";
import { emptyFacts, foldEvent } from "../report-fold.ts";
import type { Report } from "../report.ts";
import { reportDocuments, sealDocuments, type DocumentBytes } from "../seal-documents.ts";
import { readChunks, readHashed } from "./hash-file.ts";
import { foldersBelow, inFolder } from "./in-folder.ts";
import { listFiles } from "./list-files.ts";
import { readBundle } from "./read-bundle.ts";
import { syncPath, writeSynced } from "./sync-path.ts";
import { moveFolder } from "./write-new-folder.ts";

/** Role and media type of a staged file. */
export interface StagedRole {
  readonly role: ArtifactRole;
  readonly mediaType: string;
}

/** A folder with events.jsonl and artifacts, ready to be sealed. */
export interface SealInput {
  /** Private staging folder on the same file system as `target`. */
  readonly staging: string;
  /** Folder that `target` lies below; a link in place of a folder between the two is refused. */
  readonly root: string;
  /** Final folder of the bundle; must not exist. */
  readonly target: string;
  readonly observation: Observation;
  /** Role of each staged artifact by relative path; report, events and observation are known. */
  readonly roles: ReadonlyMap<string, StagedRole>;
  readonly key: KeyObject;
}

/** Thrown when a bundle cannot be sealed: the staged evidence is faulty, or the target is taken. */
export class SealError extends Error {
  readonly code: "STAGING_INVALID" | "TARGET_EXISTS";
  constructor(code: "STAGING_INVALID" | "TARGET_EXISTS", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SealError";
    this.code = code;
  }
}

const OWN_ROLES: ReadonlyMap<string, StagedRole> = new Map([
  [BUNDLE_FILES.report, { role: "report", mediaType: "application/json" }],
  [BUNDLE_FILES.events, { role: "events", mediaType: "application/jsonl" }],
  [BUNDLE_FILES.observation, { role: "observation", mediaType: "application/json" }],
]);

async function listManifestFiles(input: SealInput): Promise<ManifestFile[]> {
  const { files, findings } = await listFiles(input.staging);
  const [first] = findings;
  if (first !== undefined) throw new SealError("STAGING_INVALID", formatFinding(first));
  const entries: ManifestFile[] = [];
  for (const path of files) {
    const known = OWN_ROLES.get(path) ?? input.roles.get(path);
    if (known === undefined) throw new SealError("STAGING_INVALID", `no role for staged file ${path}`);
    const { size, sha256: digest } = await readHashed(join(input.staging, path));
    await syncPath(join(input.staging, path));
    entries.push({ path, role: known.role, mediaType: known.mediaType, size, sha256: digest });
  }
  return entries;
}

/**
 * Seals a staged trial: observation, derived report, manifest, signature, then one rename. A kill at any instant
 * leaves either no bundle or a whole one; the first writer of a target wins.
 */
export async function sealBundle(input: SealInput): Promise<Report> {
  const facts = emptyFacts();
  const checker = new EventLogChecker(BUNDLE_FILES.events, (event) => foldEvent(facts, event));
  await readChunks(join(input.staging, BUNDLE_FILES.events), (chunk) => checker.push(chunk));
  const events = checker.end();
  const [finding] = events.findings;
  if (finding !== undefined) throw new SealError("STAGING_INVALID", formatFinding(finding));
  const derived = reportDocuments(facts, events, input.observation);
  if (derived === null) throw new SealError("STAGING_INVALID", "the event log holds no run.started");
  const { report, documents } = derived;
  await writeDocuments(input, documents);
  await writeDocuments(input, sealDocuments(report, events, await listManifestFiles(input), input.key));
  await assertReadable(input, report);
  await publish(input);
  return report;
}

async function writeDocuments({ staging }: SealInput, documents: DocumentBytes): Promise<void> {
  for (const [path, bytes] of documents) await writeSynced(join(staging, path), bytes);
}

/** The reader's own judgement before anything is published: what is sealed can be read, by construction and by trial. */
async function assertReadable({ staging, key }: SealInput, { trial }: Report): Promise<void> {
  const publicKey = createPublicKey(key);
  const trusted = new Map([[keyId(publicKey), publicKey]]);
  const [fault] = (await readBundle(staging, { trusted, expected: trial })).findings;
  if (fault !== undefined) throw new SealError("STAGING_INVALID", formatFinding(fault));
}

async function publish({ root, staging, target }: SealInput): Promise<void> {
  for (const entry of await readdir(staging, { withFileTypes: true }))
    if (entry.isDirectory()) await syncPath(join(staging, entry.name));
  await syncPath(staging);
  await inFolder(root, foldersBelow(root, target), async (parent) => {
    if (!(await moveFolder(staging, join(parent, basename(target)))))
      throw new SealError("TARGET_EXISTS", `${target} exists`);
    await syncPath(parent);
  });
}
