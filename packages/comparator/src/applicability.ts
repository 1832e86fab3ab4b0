import {
  BLOCK_REASONS,
  Id,
  oneOf,
  SchemaVersion,
  Sha256,
  ShortText,
  Timestamp,
  type TrialPlan,
} from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";

/** Longest time a record may hold, days. */
export const MAX_APPLICABILITY_DAYS = 30;

/** Reasons for which a lane may not be applicable; that nobody selected it is none. */
export const APPLICABILITY_REASONS = BLOCK_REASONS.filter(
  (reason) => reason !== "NOT_SELECTED" && reason !== "PROBE_TRESPASSED",
);

const object = { additionalProperties: false } as const;

/** Why one lane takes no part in one plan: what was probed, who says so, and until when it holds. */
export const ApplicabilityRecord = Type.Object(
  {
    schemaVersion: SchemaVersion,
    lane: Id,
    planId: Id,
    reasonCode: oneOf(APPLICABILITY_REASONS, "Why the lane is not applicable."),
    probe: Type.Object(
      {
        argv: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
          minItems: 1,
          maxItems: 64,
          description: "Command that was tried.",
        }),
        exitCode: Type.Union([Type.Integer({ minimum: 0, maximum: 255 }), Type.Null()], {
          description: "Exit code; null when it could not be started.",
        }),
        stdoutSha256: Sha256,
        stderrSha256: Sha256,
        probedAt: Timestamp,
      },
      { ...object, description: "What was tried, and how it went." },
    ),
    scope: oneOf(["plan"], "How far the record reaches: this plan and no other."),
    rationale: Type.String({
      minLength: 40,
      maxLength: 2000,
      description: "Why, in words; at least 40 characters.",
    }),
    recordedBy: ShortText,
    recordedAt: Timestamp,
    expiresAt: Timestamp,
  },
  { ...object, description: "Record that a lane is not applicable to a plan." },
);
/** Why one lane takes no part in one plan. */
export type ApplicabilityRecord = Static<typeof ApplicabilityRecord>;

/** Where the signed record of a lane and a plan lies, relative to the harness root. */
export function applicabilityPath(lane: Id, planId: Id): string {
  return `lanes/${lane}/applicability/${planId}.dsse.json`;
}

/** A record as the caller read it and checked its signature; null when it could not be read or believed. */
export interface ApplicabilityInput {
  readonly lane: Id;
  /** SHA-256 of the envelope's bytes; null when they could not be read. */
  readonly digest: Sha256 | null;
  readonly record: ApplicabilityRecord | null;
}

/** What is wrong with a record, in one sentence. */
export interface ApplicabilityProblem {
  readonly code: "LANE_NA_INVALID" | "LANE_NA_CONTRADICTED";
  readonly message: string;
}

/** Reasons that a probe which ran to exit 0 contradicts: the backend is there and starts. */
const CONTRADICTED_BY_SUCCESS: readonly string[] = [
  "BACKEND_MISSING",
  "BACKEND_UNREADABLE",
  "PREFLIGHT_FAILED",
  "PROBE_FAILED",
];
const DAY_MS = 86_400_000;

/**
 * Holds a record against its plan. `now` is the time to judge at, or null where nothing may depend on time: then the
 * record has to hold at the time when the plan was made. `bundles` says whether the lane left any trial.
 */
export function checkApplicability(
  record: ApplicabilityRecord,
  planId: Id,
  plan: TrialPlan,
  bundles: boolean,
  now: string | null,
): ApplicabilityProblem[] {
  const problems: ApplicabilityProblem[] = [];
  const invalid = (message: string): void => void problems.push({ code: "LANE_NA_INVALID", message });
  const contradicted = (message: string): void =>
    void problems.push({ code: "LANE_NA_CONTRADICTED", message });
  const { lane, reasonCode, probe, recordedAt, expiresAt } = record;
  if (lane === "fake") invalid("fake is always applicable");
  if (lane === plan.candidate) invalid("the candidate is always applicable");
  if (record.planId !== planId) invalid(`made for plan ${record.planId}, not ${planId}`);
  const planned = plan.lanes.find((one) => one.lane === lane);
  if (planned === undefined) invalid(`the plan does not name ${lane}`);
  if (planned?.state === "planned") contradicted(`the plan drives ${lane}: its probe succeeded`);
  if (planned?.state === "blocked" && planned.reason !== null && planned.reason.code !== reasonCode)
    invalid(`the plan says ${planned.reason.code}, the record ${reasonCode}`);
  if (bundles) contradicted(`${lane} left trials`);
  if (probe.exitCode === 0 && CONTRADICTED_BY_SUCCESS.includes(reasonCode))
    contradicted(`${reasonCode}, but the probe ended with exit code 0`);
  const [from, until] = [Date.parse(recordedAt), Date.parse(expiresAt)];
  if (now !== null && from > Date.parse(now)) invalid(`recorded at ${recordedAt}, which is yet to come`);
  if (probe.probedAt > recordedAt) invalid("recorded before the probe was made");
  if (until <= from || until - from > MAX_APPLICABILITY_DAYS * DAY_MS)
    invalid(`has to expire within ${MAX_APPLICABILITY_DAYS} days of its recording`);
  if (until <= Date.parse(now ?? plan.createdAt)) invalid(`expired at ${expiresAt}`);
  return problems;
}
