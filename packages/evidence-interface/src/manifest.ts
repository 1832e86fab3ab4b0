import Type, { type Static } from "typebox";
import { oneOf } from "./one-of.ts";
import { AttemptId, BundlePath, Count, SchemaVersion, Sha256, TrialRef } from "./primitives.ts";

/** What a file of a bundle is for. */
export const ARTIFACT_ROLES = [
  "report",
  "events",
  "observation",
  "snapshot-before",
  "snapshot-after",
  "git-state-before",
  "git-state-after",
  "patch",
  "stdout",
  "stderr",
  "session",
  "model-log",
  "model-bodies",
  "oracle-log",
  "environment",
  "remote-refs",
  "secret-scan",
  "attempts",
  "lane-files",
  "bounds-self-test",
  "source-before",
  "source-after",
] as const;
/** One artifact role. */
export const ArtifactRole = oneOf(ARTIFACT_ROLES, "What the file is for.");
export type ArtifactRole = (typeof ARTIFACT_ROLES)[number];

/** Roles that every bundle holds exactly once, whatever the lane and however the trial ended. */
export const REQUIRED_ROLES: readonly ArtifactRole[] = [
  "report",
  "events",
  "observation",
  "snapshot-before",
  "snapshot-after",
  "git-state-before",
  "git-state-after",
  "patch",
  "stdout",
  "stderr",
  "model-log",
  "oracle-log",
  "environment",
  "remote-refs",
  "secret-scan",
  "attempts",
];

/** Roles whose file may hold no bytes (a silent process, an unchanged tree). */
export const MAY_BE_EMPTY: readonly ArtifactRole[] = [
  "snapshot-before",
  "snapshot-after",
  "git-state-before",
  "git-state-after",
  "patch",
  "stdout",
  "stderr",
  "session",
  "model-log",
  "model-bodies",
  "oracle-log",
  "remote-refs",
  "attempts",
  "lane-files",
];

/** One file of the bundle. */
export const ManifestFile = Type.Object(
  {
    path: BundlePath,
    role: ArtifactRole,
    mediaType: Type.String({ maxLength: 128, description: "Media type." }),
    size: Count,
    sha256: Sha256,
  },
  { additionalProperties: false, description: "One file of the bundle." },
);
export type ManifestFile = Static<typeof ManifestFile>;

/** Every file of the bundle but itself and bundle.dsse.json; an unlisted or missing file makes the bundle invalid. */
export const Manifest = Type.Object(
  {
    schemaVersion: SchemaVersion,
    trial: TrialRef,
    attemptId: AttemptId,
    files: Type.Array(ManifestFile, { minItems: 1, maxItems: 4096, description: "Files sorted by path." }),
    events: Type.Object(
      {
        count: Count,
        lastCheckpoint: Type.Union([Sha256, Type.Null()], {
          description: "SHA-256 carried by the last checkpoint.",
        }),
        segments: Count,
        merkleRoot: Sha256,
      },
      {
        additionalProperties: false,
        description: "Commitment to the event log: RFC 6962 tree over its segments.",
      },
    ),
  },
  { additionalProperties: false, description: "Manifest of one bundle." },
);
export type Manifest = Static<typeof Manifest>;
