import { createHash } from "node:crypto";
import { constants } from "node:buffer";
import { open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeStrictBytes, type ArtifactRole, type Sha256 } from "@stage6/evidence-interface";
import { HeldFolder, UnsafeFileError, type StagedRole } from "@stage6/evidence-interface/fs";
import type { SecretMask } from "./secret-mask.ts";

const JSONL = "application/jsonl";
const BYTES = "application/octet-stream";

/** File name, role and media type of every artifact that a trial may stage. */
const ARTIFACTS: readonly (readonly [string, ArtifactRole, string])[] = [
  ["snapshot-before.jsonl", "snapshot-before", JSONL],
  ["snapshot-after.jsonl", "snapshot-after", JSONL],
  ["git-state-before.jsonl", "git-state-before", JSONL],
  ["git-state-after.jsonl", "git-state-after", JSONL],
  ["changes.patch", "patch", "text/x-diff"],
  ["stdout.raw", "stdout", BYTES],
  ["stderr.raw", "stderr", BYTES],
  ["session.raw", "session", BYTES],
  ["claimed-task.raw", "lane-files", BYTES],
  ["claimed-run-log.raw", "lane-files", BYTES],
  ["model-log.jsonl", "model-log", JSONL],
  ["model-bodies.jsonl", "model-bodies", JSONL],
  ["oracle.log", "oracle-log", "text/plain"],
  ["environment.json", "environment", "application/json"],
  ["remote-refs.json", "remote-refs", "application/json"],
  ["secret-scan.json", "secret-scan", "application/json"],
  ["attempts.jsonl", "attempts", JSONL],
  ["bounds-self-test.json", "bounds-self-test", "application/json"],
  ["source-before.json", "source-before", "application/json"],
  ["source-after.json", "source-after", "application/json"],
];

/** File names of all artifacts that a trial may stage. */
export const ARTIFACT_NAMES: readonly string[] = ARTIFACTS.map(([name]) => name);

/** Roles by path inside the bundle. */
export const ARTIFACT_ROLES_BY_PATH: ReadonlyMap<string, StagedRole> = new Map(
  ARTIFACTS.map(([name, role, mediaType]) => [`artifacts/${name}`, { role, mediaType }]),
);

/** Artifacts that only some trials have; all others are written empty when a trial ended before them. */
const OPTIONAL: ReadonlySet<ArtifactRole> = new Set([
  "session",
  "lane-files",
  "model-bodies",
  "secret-scan",
  "bounds-self-test",
  "source-before",
  "source-after",
]);

/** File names of the artifacts that every trial has. */
export const ALWAYS_STAGED: readonly string[] = ARTIFACTS.filter(([, role]) => !OPTIONAL.has(role)).map(
  ([name]) => name,
);

/** Artifacts that another process or library wrote, so that they are scanned for secrets only at the end. */
const SCANNED_LATE = [
  "stdout.raw",
  "stderr.raw",
  "session.raw",
  "claimed-task.raw",
  "claimed-run-log.raw",
  "model-log.jsonl",
  "model-bodies.jsonl",
  "changes.patch",
  "oracle.log",
];

/** The artifacts folder of one staged trial. */
export class TrialArtifacts {
  readonly folder: string;
  readonly #mask: SecretMask;

  constructor(folder: string, mask: SecretMask) {
    this.folder = folder;
    this.#mask = mask;
  }

  /** Writes one artifact with secrets masked; returns the bytes as written. An artifact is written once. */
  async write(name: string, bytes: Uint8Array): Promise<Uint8Array> {
    const masked = Buffer.from(bytes);
    this.#mask.maskBytes(masked, `artifacts/${name}`);
    await writeFile(join(this.folder, name), masked, { flag: "wx" });
    return masked;
  }

  /** Writes one artifact of many pieces, secrets masked across their borders, and returns the digest of what was written. */
  async writeChunks(name: string, chunks: Iterable<Uint8Array>): Promise<Sha256> {
    const hash = createHash("sha256");
    const file = await open(join(this.folder, name), "wx");
    try {
      for (const piece of this.#mask.maskChunks(chunks, `artifacts/${name}`)) {
        hash.update(piece);
        await file.writeFile(piece);
      }
    } finally {
      await file.close();
    }
    return `sha256:${hash.digest("hex")}`;
  }

  /** Writes what the trial never came to, scans what others wrote, and says what was masked. */
  async complete(environment: Readonly<Record<string, unknown>>): Promise<void> {
    await this.write("environment.json", writeStrictBytes(environment));
    const present = new Set(await readdir(this.folder));
    for (const [name, role] of ARTIFACTS) {
      if (present.has(name) || OPTIONAL.has(role)) continue;
      await this.write(
        name,
        role === "remote-refs" ? writeStrictBytes({ before: null, after: null }) : new Uint8Array(),
      );
    }
    for (const name of SCANNED_LATE) this.#scan(name);
    await writeFile(
      join(this.folder, "secret-scan.json"),
      writeStrictBytes({ declared: this.#mask.declared, hits: this.#mask.hits() }),
      { flag: "wx" },
    );
  }

  /** Masks what another process wrote; what cannot be read has not been scanned and is not sealed. */
  #scan(name: string): void {
    const held = HeldFolder.open(this.folder);
    try {
      const bytes = held.read(name, { maxBytes: constants.MAX_LENGTH });
      if (!this.#mask.maskBytes(bytes, `artifacts/${name}`)) return;
      held.remove(name);
      held.write(name, bytes, 0o644);
    } catch (error) {
      // Only what is not there needs no scan.
      if (!(error instanceof UnsafeFileError) || error.code !== "MISSING") throw error;
    } finally {
      held.close();
    }
  }
}
