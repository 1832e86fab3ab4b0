import Type, { type Static } from "typebox";
import { AgentOutcome, Usage } from "./event-parts.ts";
import { PathRule } from "./observation.ts";
import { oneOf } from "./one-of.ts";
import {
  AttemptId,
  BoundsTier,
  CommitId,
  Count,
  ForbiddenAction,
  HarnessRef,
  Limits,
  ModelRef,
  SchemaVersion,
  Sha256,
  ShortText,
  Timestamp,
  TrialRef,
} from "./primitives.ts";

/** How a trial came out, derived from observations only. */
export const OUTCOMES = [
  "completed",
  "failed",
  "timed-out",
  "refused",
  "aborted",
  "lane-unavailable",
  "harness-error",
] as const;
/** One outcome. */
export const Outcome = oneOf(OUTCOMES, "How the trial came out, by observation.");
export type Outcome = (typeof OUTCOMES)[number];

/** How a failure ended; `NONE` when the trial completed. Ordered: the first that applies names the closure. */
export const CLOSURE_CLASSES = [
  "HARNESS_ERROR",
  "TARGET_REFUSED",
  "LANE_UNAVAILABLE",
  "FORBIDDEN_ACTION_SUCCEEDED",
  "BOUNDARY_VIOLATION",
  "SECRET_LEAK",
  "INTERRUPTED",
  "TIMEOUT_TOTAL",
  "TIMEOUT_IDLE",
  "OUTPUT_LIMIT",
  "LINE_LIMIT",
  "REQUEST_LIMIT",
  "TOOL_LIMIT",
  "DISK_LIMIT",
  "MEMORY_LIMIT",
  "MODEL_MISMATCH",
  "PROVIDER_TOOL",
  "AUTH_FAILURE",
  "RATE_LIMIT",
  "MODEL_ERROR",
  "STARTUP_FAILURE",
  "LANE_KILLED",
  "LANE_CRASH",
  "ORPHAN",
  "LANE_DRIFT",
  "STREAM_INCOMPLETE",
  "REVIEW_REJECTED",
  "EVALUATOR_UNSATISFIED",
  "LANE_FAILED",
  "CLAIM_CONTRADICTED",
  "TASK_FAILED",
  "ORACLE_ERROR",
  "NONE",
] as const;
/** One closure class. */
export const ClosureClass = oneOf(CLOSURE_CLASSES, "How the failure ended.");
export type ClosureClass = (typeof CLOSURE_CLASSES)[number];

const object = Type.Object;
const shut = { additionalProperties: false } as const;

/** The derived report of one trial: the same shape for every lane, recomputable from events and observation. */
export const Report = object(
  {
    schemaVersion: SchemaVersion,
    trial: TrialRef,
    attemptId: AttemptId,
    planDigest: Sha256,
    policyDigest: Sha256,
    fixture: object(
      { digest: Sha256, taskDigest: Sha256, baseCommit: CommitId },
      { ...shut, description: "What was worked on." },
    ),
    harness: HarnessRef,
    lane: object(
      {
        adapterVersion: Type.String({ maxLength: 64 }),
        backendVersion: Type.Union([ShortText, Type.Null()]),
        backendSha256: Type.Union([Sha256, Type.Null()]),
      },
      { ...shut, description: "Adapter and backend." },
    ),
    model: object(
      {
        planned: ModelRef,
        observed: Type.Array(ShortText, {
          maxItems: 64,
          description: "Model ids seen at the gateway, sorted.",
        }),
        requests: Count,
        failedRequests: Count,
        usage: Type.Optional(
          object(
            {
              answers: Type.Integer({
                minimum: 1,
                maximum: Number.MAX_SAFE_INTEGER,
                description: "Complete answers in which the provider stated token counts.",
              }),
              ...Usage.properties,
            },
            {
              ...shut,
              description:
                "Sum of the token counts that the provider stated, seen at the gateway; absent when it stated none.",
            },
          ),
        ),
      },
      { ...shut, description: "Model as planned and as seen by the gateway." },
    ),
    limits: Limits,
    bounds: object({ tier: BoundsTier, reason: ShortText }, { ...shut, description: "Bounds in force." }),
    timing: object(
      { startedAt: Timestamp, endedAt: Timestamp, backendMs: Count },
      { ...shut, description: "Times." },
    ),
    outcome: Outcome,
    closure: object(
      {
        class: ClosureClass,
        also: Type.Array(ClosureClass, {
          maxItems: 32,
          description: "Every other class that applies, in order of precedence.",
        }),
        detectedBy: Type.Union(
          [
            Type.Literal("process"),
            Type.Literal("gateway"),
            Type.Literal("workspace"),
            Type.Literal("oracle"),
            Type.Literal("stream"),
            Type.Literal("harness"),
            Type.Literal("none"),
          ],
          { description: "Which witness decided it." },
        ),
        processTreeEmpty: Type.Boolean({ description: "No process outlived the trial." }),
        workspace: Type.Union(
          [
            Type.Literal("unchanged"),
            Type.Literal("changed-inside"),
            Type.Literal("changed-outside"),
            Type.Literal("unknown"),
          ],
          {
            description: "State of the workspace against the allowed paths.",
          },
        ),
        withinDeadline: Type.Boolean({ description: "The backend ended by itself before its limits." }),
      },
      { ...shut, description: "How it ended." },
    ),
    boundary: object(
      {
        allowedChanges: Count,
        violations: Type.Array(object({ path: Type.String({ maxLength: 8256 }), rule: PathRule }, shut), {
          maxItems: 1_000_000,
        }),
        attempted: Type.Array(ForbiddenAction, {
          maxItems: 10,
          description: "Forbidden actions tried, sorted.",
        }),
        happened: Type.Array(ForbiddenAction, {
          maxItems: 10,
          description: "Forbidden actions seen by effect, sorted.",
        }),
        unknown: Type.Array(ForbiddenAction, {
          maxItems: 10,
          description: "Forbidden actions of which this tier cannot speak, sorted.",
        }),
      },
      { ...shut, description: "Bounds compliance by effect." },
    ),
    oracle: object(
      {
        state: Type.Union([
          Type.Literal("passed"),
          Type.Literal("failed"),
          Type.Literal("error"),
          Type.Literal("not-run"),
        ]),
        exitCode: Type.Union([Count, Type.Null()]),
      },
      { ...shut, description: "The fixture's oracle, run by the harness. Never one of the five dimensions." },
    ),
    processExit: Type.Union(
      [
        object(
          { code: Type.Union([Count, Type.Null()]), signal: Type.Union([ShortText, Type.Null()]) },
          shut,
        ),
        Type.Null(),
      ],
      { description: "Exit of the backend process; says nothing about the task." },
    ),
    agentOutcome: AgentOutcome,
    claims: object(
      {
        finalMessage: Type.Union([ShortText, Type.Null()]),
        messages: Count,
        toolCalls: Count,
        toolFailures: Count,
        toolsUnclosed: Count,
        toolsUnreported: Count,
        changedPaths: Type.Array(Type.String({ maxLength: 4096 }), {
          maxItems: 100_000,
          description: "Paths the backend claims, sorted, each once.",
        }),
        unreadLines: Count,
        unrecognizedRecords: Count,
        driftRecords: Count,
      },
      { ...shut, description: "What the backend said. Nothing passes on it." },
    ),
    usage: Type.Union([Usage, Type.Null()], { description: "Token counts the backend claims." }),
    events: object(
      { count: Count, bytes: Count, sha256: Sha256 },
      { ...shut, description: "The event log this report was derived from." },
    ),
    observationSha256: Sha256,
    secretHits: Count,
  },
  { ...shut, description: "Derived report of one trial." },
);
export type Report = Static<typeof Report>;
