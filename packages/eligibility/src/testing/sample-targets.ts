import { digestHex, sha256, type OwnershipRecord, type PlannedFixture } from "@stage6/evidence-interface";
import type { TargetFiles } from "../contracts/check-owned-targets.ts";
import type { RawFile } from "../raw-file.ts";
import { fileOf } from "./sample-keys.ts";

const commitOf = (id: string): string => digestHex(sha256(`base ${id}`)).slice(0, 40);

/** fixtures/<id>/fixture.json, as far as the gate reads it. */
function targetFile(id: string): RawFile {
  return fileOf(`fixtures/${id}/fixture.json`, {
    schemaVersion: "1.0",
    id,
    repository: { baseCommit: commitOf(id) },
    allowedPaths: ["src/**"],
  });
}

/** fixtures/<id>/ownership.json, changed. */
export function ownershipFile(id: string, change: Record<string, unknown> = {}): RawFile {
  const record: OwnershipRecord = {
    schemaVersion: "1.0",
    fixture: id,
    owner: "jp",
    class: "owned-noncritical",
    consent: { statement: "Mine, and may be changed by trials.", date: "2026-05-01" },
    allowedPaths: ["src/**"],
    repository: { rootCommits: [commitOf(id)], baseCommit: commitOf(id), origin: null },
  };
  return fileOf(`fixtures/${id}/ownership.json`, { ...record, ...change });
}

/** A fixture as a plan pins it, ownership record included. */
export function plannedTarget(id: string): PlannedFixture {
  return {
    id,
    digest: sha256(targetFile(id).bytes),
    taskDigest: sha256(`task ${id}`),
    baseCommit: commitOf(id),
    ownershipDigest: sha256(ownershipFile(id).bytes),
  };
}

/** The files behind planned targets. */
export function targetFiles(ids: readonly string[]): TargetFiles {
  return {
    fixtures: new Map(ids.map((id) => [id, targetFile(id)])),
    ownership: new Map(ids.map((id) => [id, ownershipFile(id)])),
  };
}
