import {
  SCHEMA_VERSION,
  sha256,
  writeStrictBytes,
  type BlockReason,
  type BoundsTier,
  type HarnessRef,
  type Limits,
  type ModelRef,
  type PlannedBounds,
  type PlannedLane,
  type Sha256,
  type TrialPlan,
} from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import type { ProbedLane } from "./probe-lane.ts";
import { plannedTrees, type ProtectedTree } from "./protected-trees.ts";
import type { LoadedFixture } from "./read-fixture.ts";
import { RunnerError } from "./runner-error.ts";

/** A lane as it enters a plan: probed, or blocked for a reason that the caller knows. */
export type LaneCandidate =
  | { readonly kind: "probed"; readonly lane: Lane; readonly probed: ProbedLane }
  | {
      readonly kind: "blocked";
      readonly id: string;
      readonly code: BlockReason;
      readonly detail: string;
      readonly remedy: string;
    };

/** Everything that a plan fixes. */
export interface PlanInput {
  readonly createdAt: string;
  readonly harness: HarnessRef;
  readonly candidate: string;
  readonly evidenceClass: TrialPlan["evidenceClass"];
  /** Model of the lanes that ask one. */
  readonly model: ModelRef;
  readonly policyDigest: Sha256;
  /** Bounds of every trial; the default tier when left out. */
  readonly bounds?: PlannedBounds & { readonly tier: BoundsTier };
  readonly limits: Limits;
  readonly trialsPerCell: number;
  readonly lanes: readonly LaneCandidate[];
  readonly fixtures: readonly LoadedFixture[];
  /** Trees that every trial must leave as they were; none when left out. */
  readonly protectedTrees?: readonly ProtectedTree[];
}

const NO_MODEL: ModelRef = { class: "none", provider: "", id: "" };

function planLane(candidate: LaneCandidate, model: ModelRef): PlannedLane {
  const none = { adapterVersion: null, backendVersion: null, backendSha256: null, model: null };
  if (candidate.kind === "blocked") {
    const { id, code, detail, remedy } = candidate;
    return { lane: id, state: "blocked", ...none, reason: { code, detail, remedy } };
  }
  const { lane, probed } = candidate;
  if (probed.state === "blocked") {
    const { code, detail, remedy } = probed;
    return {
      lane: lane.id,
      state: "blocked",
      ...none,
      adapterVersion: lane.adapterVersion,
      reason: { code, detail, remedy },
    };
  }
  return {
    lane: lane.id,
    state: "planned",
    adapterVersion: lane.adapterVersion,
    backendVersion: probed.version,
    backendSha256: probed.backend.sha256,
    model: lane.modelClass === "none" ? NO_MODEL : model,
    reason: null,
  };
}

/** A lane that takes part and works by committing; its permission is everyone's, or lanes would not be comparable. */
function commits(candidate: LaneCandidate): boolean {
  return (
    candidate.kind === "probed" &&
    candidate.probed.state === "available" &&
    candidate.lane.localCommits === true
  );
}

/** How the backends were asked for their versions. Throws BOUNDS_UNAVAILABLE for a strict plan in which one of them ran unconfined. */
function probesOf(lanes: readonly LaneCandidate[], tier: BoundsTier): Pick<PlannedBounds, "probes"> {
  const asked = lanes.flatMap((one) =>
    one.kind === "probed" && one.probed.confined !== null ? [one.probed.confined] : [],
  );
  if (asked.length === 0) return {};
  if (asked.every((confined) => confined)) return { probes: "confined" };
  if (tier === "strict")
    throw new RunnerError("BOUNDS_UNAVAILABLE", "a backend ran unconfined to tell its version");
  return { probes: "unconfined" };
}

const byId =
  <T>(id: (item: T) => string) =>
  (a: T, b: T): number =>
    id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0;

/** The plan document: lanes and fixtures sorted, every lane either planned with its backend pinned or blocked with a reason. Pure; throws BOUNDS_UNAVAILABLE for a strict plan whose backends were asked unconfined. */
export function makePlan(input: PlanInput): TrialPlan {
  return {
    schemaVersion: SCHEMA_VERSION,
    createdAt: input.createdAt,
    harness: input.harness,
    candidate: input.candidate,
    evidenceClass: input.evidenceClass,
    modelClass: input.model.class,
    policyDigest: input.policyDigest,
    boundsTier: input.bounds?.tier ?? "default",
    ...(input.bounds === undefined
      ? {}
      : {
          bounds: {
            requested: input.bounds.requested,
            reason: input.bounds.reason,
            ...probesOf(input.lanes, input.bounds.tier),
          },
        }),
    ...(input.lanes.some(commits) ? { localCommits: "permitted" as const } : {}),
    limits: input.limits,
    trialsPerCell: input.trialsPerCell,
    lanes: input.lanes.map((lane) => planLane(lane, input.model)).toSorted(byId((lane) => lane.lane)),
    fixtures: input.fixtures
      .map(({ fixture, digest, ownership }) => ({
        id: fixture.id,
        digest,
        taskDigest: fixture.task.sha256,
        baseCommit: fixture.repository.baseCommit,
        ...(ownership.digest === null ? {} : { ownershipDigest: ownership.digest }),
      }))
      .toSorted(byId((fixture) => fixture.id)),
    ...(input.protectedTrees === undefined || input.protectedTrees.length === 0
      ? {}
      : { protectedTrees: plannedTrees(input.protectedTrees) }),
  };
}

/** Everything of a plan but when it was made and how it came by its tier: two plans with the same intent are the same plan. */
export function planIntent(plan: TrialPlan): string {
  const { bounds: _bounds, ...rest } = plan;
  return JSON.stringify({ ...rest, createdAt: "" });
}

/** A plan's bytes, digest and id; the id is the first 16 hex digits of the digest. */
export function sealPlan(plan: TrialPlan): {
  readonly bytes: Uint8Array;
  readonly digest: Sha256;
  readonly id: string;
} {
  const bytes = writeStrictBytes(plan);
  const digest = sha256(bytes);
  return { bytes, digest, id: digest.slice("sha256:".length, "sha256:".length + 16) };
}
