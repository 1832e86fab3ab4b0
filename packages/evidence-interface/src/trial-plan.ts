import Type, { type Static } from "typebox";
import { oneOf } from "./one-of.ts";
import { ProtectedKind } from "./protected-kind.ts";
import {
  BoundsRequest,
  BoundsTier,
  CommitId,
  HarnessRef,
  Id,
  Limits,
  ModelClass,
  ModelRef,
  SchemaVersion,
  Sha256,
  ShortText,
  Timestamp,
} from "./primitives.ts";

/** Why a lane takes no part in a plan. */
export const BLOCK_REASONS = [
  "BACKEND_MISSING",
  "BACKEND_UNREADABLE",
  "VERSION_UNSUPPORTED",
  "PREFLIGHT_FAILED",
  "PROBE_FAILED",
  "PROBE_TRESPASSED",
  "ADAPTER_MISSING",
  "SOURCE_MISSING",
  "BINARY_MISSING",
  "CHECKOUT_MISSING",
  "RUNTIME_MISSING",
  "DEPENDENCIES_MISSING",
  "START_PROBE_FAILED",
  "PLATFORM_UNSUPPORTED",
  "MODEL_ENDPOINT_UNSET",
  "NOT_SELECTED",
] as const;
/** One block reason. */
export const BlockReason = oneOf(BLOCK_REASONS, "Why the lane takes no part.");
export type BlockReason = (typeof BLOCK_REASONS)[number];

/** A lane of the plan: taking part with a pinned backend, or blocked with a reason. No lane is ever left out. */
export const PlannedLane = Type.Object(
  {
    lane: Id,
    state: Type.Union([Type.Literal("planned"), Type.Literal("blocked")], {
      description: "Whether it takes part.",
    }),
    adapterVersion: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
      description: "Version of the lane package.",
    }),
    backendVersion: Type.Union([ShortText, Type.Null()], { description: "Version the probe read." }),
    backendSha256: Type.Union([Sha256, Type.Null()], { description: "Digest of the binary at plan time." }),
    model: Type.Union([ModelRef, Type.Null()], { description: "Model of this lane; null when blocked." }),
    reason: Type.Union(
      [
        Type.Object(
          { code: BlockReason, detail: ShortText, remedy: ShortText },
          { additionalProperties: false },
        ),
        Type.Null(),
      ],
      { description: "Why blocked, and the next step; null when planned." },
    ),
  },
  { additionalProperties: false, description: "A lane of the plan." },
);
export type PlannedLane = Static<typeof PlannedLane>;

/** A fixture of the plan, pinned by digest. */
export const PlannedFixture = Type.Object(
  {
    id: Id,
    digest: Sha256,
    taskDigest: Sha256,
    baseCommit: CommitId,
    /** Digest of the ownership record; absent when there was none, which lets no lane start. */
    ownershipDigest: Type.Optional(Sha256),
  },
  { additionalProperties: false, description: "A fixture of the plan." },
);
export type PlannedFixture = Static<typeof PlannedFixture>;

/** How a plan came by its bounds tier. */
export const PlannedBounds = Type.Object(
  {
    requested: BoundsRequest,
    reason: ShortText,
    probes: Type.Optional(
      oneOf(
        ["confined", "unconfined"],
        "Whether strict bounds held every backend that was asked for its version before the plan; absent when none was, or in plans that did not say.",
      ),
    ),
  },
  { additionalProperties: false, description: "What was asked for, and why the plan has the tier it has." },
);
export type PlannedBounds = Static<typeof PlannedBounds>;

/** A tree outside of the trials that each of them must leave as it was; where it lies only the operator's configuration says. */
export const PlannedTree = Type.Object(
  { name: Id, kind: ProtectedKind },
  { additionalProperties: false, description: "A protected tree." },
);
export type PlannedTree = Static<typeof PlannedTree>;

/** The plan: fixed before the first trial, digest in every run, denominator of every count. */
export const TrialPlan = Type.Object(
  {
    schemaVersion: SchemaVersion,
    createdAt: Timestamp,
    harness: HarnessRef,
    candidate: Id,
    evidenceClass: Type.Union([Type.Literal("live"), Type.Literal("scripted")], {
      description: "Scripted evidence yields a rehearsal only.",
    }),
    modelClass: ModelClass,
    policyDigest: Sha256,
    boundsTier: BoundsTier,
    bounds: Type.Optional(PlannedBounds),
    localCommits: Type.Optional(
      Type.Literal("permitted", {
        description:
          "Present when a lane of the plan works by committing: every lane's clone then stands on a work branch of the harness, and commits on it are no violation.",
      }),
    ),
    limits: Limits,
    trialsPerCell: Type.Integer({
      minimum: 1,
      maximum: 999,
      description: "Trials of each lane on each fixture.",
    }),
    lanes: Type.Array(PlannedLane, { minItems: 1, maxItems: 64, description: "Lanes sorted by id." }),
    fixtures: Type.Array(PlannedFixture, {
      minItems: 1,
      maxItems: 1024,
      description: "Fixtures sorted by id.",
    }),
    protectedTrees: Type.Optional(
      Type.Array(PlannedTree, {
        minItems: 1,
        maxItems: 64,
        description: "Trees that are looked at before and after each trial, sorted by name; absent for none.",
      }),
    ),
    earlierPlans: Type.Optional(
      Type.Array(Id, {
        minItems: 1,
        maxItems: 1000,
        description:
          "Ids of all earlier plans for the same candidate binary with the same class of evidence, sorted; absent when this is the first.",
      }),
    ),
  },
  { additionalProperties: false, description: "The plan of a comparison." },
);
export type TrialPlan = Static<typeof TrialPlan>;
