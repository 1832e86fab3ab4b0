import Type, { type Static } from "typebox";
import { oneOf } from "./one-of.ts";

/** Major version of every document of this interface; a reader refuses a newer major. */
export const SCHEMA_VERSION = "1.0";

/** `schemaVersion` of a document: `<major>.<minor>`; this build writes {@link SCHEMA_VERSION}. */
export const SchemaVersion = Type.String({
  pattern: "^1\\.[0-9]{1,4}$",
  description: "Version of the document's schema, major.minor; a newer major is refused.",
});

/** SHA-256 over exact bytes, written `sha256:<64 lower-case hex digits>` (FIPS 180-4). */
export const Sha256 = Type.String({
  pattern: "^sha256:[0-9a-f]{64}$",
  description: "SHA-256 over exact bytes.",
});
export type Sha256 = Static<typeof Sha256>;

/** Wall-clock time, RFC 3339 in UTC with exactly three fraction digits. */
export const Timestamp = Type.String({
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
  description: "RFC 3339 UTC time with milliseconds.",
});
export type Timestamp = Static<typeof Timestamp>;

/** Identifier of a lane, fixture, plan or policy: safe as a folder name on every platform. */
export const Id = Type.String({
  pattern: "^[a-z0-9]([a-z0-9_-]|\\.(?!\\.)){0,63}$",
  description: "Lower-case identifier without path separators, leading dot or `..`.",
});
export type Id = Static<typeof Id>;

/** UUID of one attempt at a trial (RFC 9562, lower case). */
export const AttemptId = Type.String({
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  description: "UUID of the attempt.",
});

/** Relative POSIX path inside a bundle: segments of `[A-Za-z0-9._-]`, none empty, `.` or `..`. */
export const BundlePath = Type.String({
  pattern: "^(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,128}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,128}){0,7}$",
  description: "Relative POSIX path inside the bundle.",
});
export type BundlePath = Static<typeof BundlePath>;

/** Git object id of a commit, SHA-1 or SHA-256. */
export const CommitId = Type.String({
  pattern: "^([0-9a-f]{40}|[0-9a-f]{64})$",
  description: "Git commit id.",
});

/** Non-negative integer that survives a JSON round trip (at most 2^53 - 1). */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Count." });

/** Short text made by the harness or quoted from a backend; bounded so that a report stays readable. */
export const ShortText = Type.String({ maxLength: 4096, description: "Text, at most 4096 code points." });

/** Where the model behind a trial comes from; `none` is the fake lane. */
export const ModelClass = Type.Union([Type.Literal("live"), Type.Literal("scripted"), Type.Literal("none")], {
  description: "Class of model behind the trial.",
});
export type ModelClass = Static<typeof ModelClass>;

/** The model a plan fixes for a lane. */
export const ModelRef = Type.Object(
  {
    class: ModelClass,
    provider: Type.String({ maxLength: 128, description: "Provider name; empty for class `none`." }),
    id: Type.String({ maxLength: 256, description: "Model id asked for; empty for class `none`." }),
  },
  { additionalProperties: false, description: "Model fixed by the plan." },
);
export type ModelRef = Static<typeof ModelRef>;

/** Limits of one trial; equal for all lanes of a comparison. */
export const Limits = Type.Object(
  {
    totalMs: Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      description: "Wall-clock limit of the backend, ms.",
    }),
    idleMs: Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      description: "Longest time without output or model traffic, ms.",
    }),
    outputBytes: Type.Integer({
      minimum: 1,
      maximum: 4_294_967_296,
      description: "Limit of stdout and of stderr, bytes each.",
    }),
    lineBytes: Type.Integer({
      minimum: 1,
      maximum: 1_073_741_824,
      description: "Longest output line, bytes.",
    }),
    modelRequests: Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Most model requests." }),
    toolCalls: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description:
          "Most tool calls, as the model asks for them or the lane tells of them; no limit when absent.",
      }),
    ),
    diskBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_099_511_627_776,
        description: "Most bytes by which the trial's folders may grow on disk; no limit when absent.",
      }),
    ),
    memoryBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_099_511_627_776,
        description: "Most resident memory of the process tree, bytes; no limit when absent.",
      }),
    ),
    oracleMs: Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      description: "Wall-clock limit of the oracle, ms.",
    }),
  },
  { additionalProperties: false, description: "Limits of one trial." },
);
export type Limits = Static<typeof Limits>;

/** Which cell of which plan a document belongs to. */
export const TrialRef = Type.Object(
  {
    planId: Id,
    lane: Id,
    fixture: Id,
    number: Type.Integer({ minimum: 1, maximum: 999, description: "Trial number within the cell, from 1." }),
  },
  { additionalProperties: false, description: "Identity of a trial." },
);
export type TrialRef = Static<typeof TrialRef>;

/** Name and version of the software that wrote a document. */
export const HarnessRef = Type.Object(
  {
    name: Type.String({ maxLength: 64, description: "Tool name." }),
    version: Type.String({ maxLength: 64, description: "Tool version." }),
  },
  { additionalProperties: false, description: "Writer of the document." },
);
export type HarnessRef = Static<typeof HarnessRef>;

/** Bounds driver in force during a trial. */
export const BoundsTier = Type.Union([Type.Literal("strict"), Type.Literal("default")], {
  description: "Bounds driver in force.",
});
export type BoundsTier = Static<typeof BoundsTier>;

/** Bounds as they are asked for: one tier, or the best that can be had. */
export const BoundsRequest = Type.Union(
  [Type.Literal("strict"), Type.Literal("default"), Type.Literal("auto")],
  { description: "What was asked for." },
);
export type BoundsRequest = Static<typeof BoundsRequest>;

/** The ten forbidden actions of the gate. */
export const FORBIDDEN_ACTIONS = [
  "push",
  "merge",
  "deploy",
  "close",
  "pr-open",
  "issue-close",
  "publish",
  "core-mutation",
  "vendor-mutation",
  "unowned-mutation",
] as const;

/** One forbidden action. */
export const ForbiddenAction = oneOf(FORBIDDEN_ACTIONS, "A forbidden action.");
export type ForbiddenAction = (typeof FORBIDDEN_ACTIONS)[number];
