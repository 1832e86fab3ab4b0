import Type, { type Static, type TObject, type TProperties } from "typebox";
import {
  AttemptId,
  BoundsTier,
  BundlePath,
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

/** Who an event comes from. Only `harness`, `provider` and `fs` events are observations; `lane` events are claims. */
export const EventSource = Type.Union(
  [Type.Literal("harness"), Type.Literal("lane"), Type.Literal("provider"), Type.Literal("fs")],
  { description: "Who saw or said it." },
);
export type EventSource = Static<typeof EventSource>;

/** The bytes a lane event was translated from: a range of a raw artifact. */
export const RawRef = Type.Object(
  {
    artifact: BundlePath,
    offset: Count,
    length: Count,
  },
  { additionalProperties: false, description: "Byte range of a raw artifact." },
);
export type RawRef = Static<typeof RawRef>;

/** How the supervised backend process came to its end. */
export const EndedBy = Type.Union(
  [
    Type.Literal("exit"),
    Type.Literal("total-limit"),
    Type.Literal("idle-limit"),
    Type.Literal("output-limit"),
    Type.Literal("line-limit"),
    Type.Literal("request-limit"),
    Type.Literal("tool-limit"),
    Type.Literal("disk-limit"),
    Type.Literal("memory-limit"),
    Type.Literal("interrupt"),
    Type.Literal("spawn-failure"),
  ],
  { description: "What ended the process: itself, a limit, or the operator." },
);
export type EndedBy = Static<typeof EndedBy>;

/** How a model answer ended, seen at the gateway. */
export const AnswerEnd = Type.Union(
  [
    Type.Literal("complete"),
    Type.Literal("error-status"),
    Type.Literal("cut"),
    Type.Literal("malformed"),
    Type.Literal("unanswered"),
    Type.Literal("refused"),
  ],
  {
    description:
      "complete: the stream's own end marker was seen; error-status: HTTP status 400 or above; cut: connection ended first; malformed: ended without a valid end marker; unanswered: the backend left or was ended first; refused: the gateway refused to forward.",
  },
);
export type AnswerEnd = Static<typeof AnswerEnd>;

/** How a tool call ended, as the backend told it. `unclosed` is written when the backend never said. */
export const ToolStatus = Type.Union(
  [Type.Literal("completed"), Type.Literal("failed"), Type.Literal("refused"), Type.Literal("unclosed")],
  { description: "End of a tool call." },
);
export type ToolStatus = Static<typeof ToolStatus>;

/** A backend's own word on how it ended. A claim, never a verdict. */
export const AgentOutcome = Type.Union(
  [Type.Literal("completed"), Type.Literal("failed"), Type.Literal("aborted"), Type.Literal("unknown")],
  { description: "What the backend claims about its own end." },
);
export type AgentOutcome = Static<typeof AgentOutcome>;

/** Token counts a backend claims. */
export const Usage = Type.Object(
  {
    inputTokens: Count,
    cachedInputTokens: Count,
    outputTokens: Count,
  },
  { additionalProperties: false, description: "Token counts." },
);
export type Usage = Static<typeof Usage>;

/** Kind of change to one path between two snapshots. */
export const ChangeKind = Type.Union(
  [
    Type.Literal("added"),
    Type.Literal("modified"),
    Type.Literal("deleted"),
    Type.Literal("type-changed"),
    Type.Literal("mode-changed"),
    Type.Literal("touched"),
  ],
  { description: "Kind of change." },
);
export type ChangeKind = Static<typeof ChangeKind>;

const closed = <P extends TProperties>(properties: P, description: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, description });

const NullableText = Type.Union([ShortText, Type.Null()], { description: "Text, or null when unknown." });
const NullableExit = Type.Union([Type.Integer({ minimum: 0, maximum: 4_294_967_295 }), Type.Null()], {
  description: "Exit code, or null when there is none.",
});
const ClaimedPath = Type.String({ maxLength: 4096, description: "Path as the backend wrote it." });
const ToolName = Type.String({ maxLength: 256, description: "Tool name." });
const CallId = Type.String({ minLength: 1, maxLength: 256, description: "Id that pairs start and end." });

/** `data` of every event type, version 1. Types are past-tense facts; the key is the event's `type`. */
export const EVENT_DATA = {
  "run.started": closed(
    {
      schemaVersion: SchemaVersion,
      trial: TrialRef,
      attemptId: AttemptId,
      planDigest: Sha256,
      policyDigest: Sha256,
      fixtureDigest: Sha256,
      taskDigest: Sha256,
      baseCommit: CommitId,
      harness: HarnessRef,
      adapterVersion: Type.String({ maxLength: 64, description: "Version of the lane package." }),
      model: ModelRef,
      limits: Limits,
      boundsTier: BoundsTier,
    },
    "First event: everything the plan fixed.",
  ),
  "backend.probed": closed(
    {
      version: NullableText,
      sha256: Type.Union([Sha256, Type.Null()], { description: "Digest of the backend's binary." }),
      source: Type.String({
        maxLength: 64,
        description: "How the backend was found: config, backends-folder, bundled.",
      }),
    },
    "Which backend was driven.",
  ),
  "workspace.prepared": closed({ baseCommit: CommitId, entries: Count }, "The disposable clone stood ready."),
  "snapshot.taken": closed(
    {
      which: Type.Union([Type.Literal("before"), Type.Literal("after")], {
        description: "Before or after the backend.",
      }),
      artifact: BundlePath,
      sha256: Sha256,
      entries: Count,
    },
    "The harness walked the tree.",
  ),
  "process.started": closed(
    {
      argv: Type.Array(Type.String({ maxLength: 65_536 }), {
        maxItems: 4096,
        description: "Argument vector with trial paths replaced by $TRIAL.",
      }),
      envKeys: Type.Array(Type.String({ maxLength: 256 }), {
        maxItems: 1024,
        description: "Names of the whole environment, sorted.",
      }),
    },
    "The backend was spawned.",
  ),
  "process.ended": closed(
    {
      exitCode: NullableExit,
      signal: NullableText,
      endedBy: EndedBy,
      durationMs: Count,
      stdoutBytes: Count,
      stderrBytes: Count,
      survivors: Count,
    },
    "The backend and what was left of its process tree ended.",
  ),
  "limit.reached": closed(
    {
      limit: Type.String({ maxLength: 64, description: "Name of the limit." }),
      allowed: Count,
      observed: Count,
    },
    "A limit of the plan ended the trial or part of it.",
  ),
  "action.attempted": closed(
    {
      action: ForbiddenAction,
      via: Type.Union(
        [
          Type.Literal("remote"),
          Type.Literal("shim"),
          Type.Literal("tool-call"),
          Type.Literal("gateway"),
          Type.Literal("trace"),
        ],
        { description: "Where the attempt was seen." },
      ),
      detail: ShortText,
    },
    "A forbidden action was tried; says nothing about success.",
  ),
  "oracle.ended": closed(
    {
      state: Type.Union(
        [Type.Literal("passed"), Type.Literal("failed"), Type.Literal("error"), Type.Literal("not-run")],
        {
          description: "What the fixture's oracle found on the final tree.",
        },
      ),
      exitCode: NullableExit,
      durationMs: Count,
      reason: NullableText,
    },
    "The harness ran the fixture's oracle.",
  ),
  "model.requested": closed(
    {
      request: Count,
      path: Type.String({ maxLength: 1024, description: "HTTP method and path." }),
      model: NullableText,
      tools: Type.Array(Type.String({ maxLength: 256 }), {
        maxItems: 1024,
        description: "Tools offered to the model.",
      }),
      providerTools: Type.Array(Type.String({ maxLength: 256 }), {
        maxItems: 1024,
        description: "Offered tools that would act at the provider.",
      }),
      bytes: Count,
      sha256: Sha256,
    },
    "A model request reached the gateway.",
  ),
  "model.answered": closed(
    {
      request: Count,
      status: Type.Union([Type.Integer({ minimum: 0, maximum: 999 }), Type.Null()], {
        description: "HTTP status sent to the backend.",
      }),
      end: AnswerEnd,
      bytes: Count,
    },
    "The answer to a model request ended.",
  ),
  checkpoint: closed(
    { events: Count, bytes: Count, sha256: Sha256 },
    "Events and bytes before this line, and the SHA-256 of all those bytes.",
  ),
  "run.ended": closed({ events: Count }, "Last event: number of events before it."),
  "session.started": closed(
    { raw: RawRef, sessionId: NullableText, version: NullableText },
    "The backend opened a session.",
  ),
  "agent.messaged": closed(
    {
      raw: RawRef,
      kind: Type.Union(
        [Type.Literal("answer"), Type.Literal("reasoning"), Type.Literal("warning"), Type.Literal("plan")],
        {
          description: "What sort of message.",
        },
      ),
      text: ShortText,
      truncated: Type.Boolean({ description: "Whether `text` was cut; the raw bytes are whole." }),
    },
    "The backend printed a message.",
  ),
  "tool.started": closed(
    { raw: RawRef, callId: CallId, tool: ToolName, input: ShortText },
    "A tool call began.",
  ),
  "tool.ended": closed(
    {
      raw: RawRef,
      callId: CallId,
      status: ToolStatus,
      exitCode: NullableExit,
      reported: Type.Boolean({
        description: "False when the backend's main stream left it out and another source told it.",
      }),
    },
    "A tool call ended.",
  ),
  "change.claimed": closed(
    {
      raw: RawRef,
      path: ClaimedPath,
      kind: Type.Union(
        [Type.Literal("added"), Type.Literal("modified"), Type.Literal("deleted"), Type.Literal("unknown")],
        {
          description: "Kind of change the backend claims.",
        },
      ),
    },
    "The backend claims to have changed a path.",
  ),
  "action.refused": closed(
    { raw: RawRef, tool: ToolName, message: ShortText },
    "The backend itself refused a tool call.",
  ),
  "usage.claimed": closed({ raw: RawRef, usage: Usage }, "Token counts as the backend states them."),
  "agent.ended": closed(
    { raw: RawRef, outcome: AgentOutcome, message: NullableText },
    "The backend's own word on its end.",
  ),
  "phase.started": closed(
    { raw: RawRef, phase: Type.String({ maxLength: 64 }), attempt: Count },
    "A phase of a multi-phase backend began.",
  ),
  "phase.ended": closed(
    {
      raw: RawRef,
      phase: Type.String({ maxLength: 64 }),
      attempt: Count,
      outcome: Type.Union([
        Type.Literal("completed"),
        Type.Literal("failed"),
        Type.Literal("skipped"),
        Type.Literal("unclosed"),
      ]),
    },
    "A phase ended, as claimed.",
  ),
  "revision.requested": closed(
    { raw: RawRef, source: Type.String({ maxLength: 64 }), cycle: Count },
    "An evaluator asked for another cycle.",
  ),
  "review.claimed": closed(
    {
      raw: RawRef,
      by: Type.String({ maxLength: 64 }),
      verdict: Type.Union([Type.Literal("passed"), Type.Literal("rejected"), Type.Literal("exhausted")]),
      critical: Count,
    },
    "An evaluator inside the backend gave a verdict.",
  ),
  "line.unread": closed(
    { raw: RawRef, reason: ShortText },
    "Bytes that could not be read as the backend's format; kept raw.",
  ),
  "record.unrecognized": closed(
    { raw: RawRef, kind: ShortText },
    "A well-formed record of a type this adapter does not know; kept as data.",
  ),
  "drift.detected": closed(
    { raw: RawRef, kind: ShortText, reason: ShortText },
    "A record whose shape no known version has; the trial is never scored.",
  ),
} as const;

/** Name of an event type. */
export type EventType = keyof typeof EVENT_DATA;

/** All event types, in the order of the published schema. */
export const EVENT_TYPES = Object.keys(EVENT_DATA) as readonly EventType[];

/** The one source that may emit each event type. */
export const EVENT_SOURCE: Readonly<Record<EventType, EventSource>> = {
  "run.started": "harness",
  "backend.probed": "harness",
  "workspace.prepared": "harness",
  "snapshot.taken": "fs",
  "process.started": "harness",
  "process.ended": "harness",
  "limit.reached": "harness",
  "action.attempted": "harness",
  "oracle.ended": "harness",
  "model.requested": "provider",
  "model.answered": "provider",
  checkpoint: "harness",
  "run.ended": "harness",
  "session.started": "lane",
  "agent.messaged": "lane",
  "tool.started": "lane",
  "tool.ended": "lane",
  "change.claimed": "lane",
  "action.refused": "lane",
  "usage.claimed": "lane",
  "agent.ended": "lane",
  "phase.started": "lane",
  "phase.ended": "lane",
  "revision.requested": "lane",
  "review.claimed": "lane",
  "line.unread": "lane",
  "record.unrecognized": "lane",
  "drift.detected": "lane",
};

/** `data` of one event type. */
export type EventData<T extends EventType> = Static<(typeof EVENT_DATA)[T]>;

/** One line of events.jsonl: `seq` from 0 without gaps, `ts` wall clock, `mono` microseconds since the run began. */
export type Event = {
  [T in EventType]: { seq: number; ts: string; mono: number; src: EventSource; type: T; data: EventData<T> };
}[EventType];

const envelope = (type: EventType, data: TObject): TObject =>
  Type.Object(
    {
      seq: Count,
      ts: Timestamp,
      mono: Count,
      src: Type.Literal(EVENT_SOURCE[type]),
      type: Type.Literal(type),
      data,
    },
    { additionalProperties: false },
  );

/** Schema of a whole event line, by type: dispatch on `type` first, then check that one schema. */
export const EVENT_SCHEMAS: Readonly<Record<EventType, TObject>> = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, envelope(type, EVENT_DATA[type])]),
) as Record<EventType, TObject>;

/** Schema of any event line (a union; for publication and for tools, not for the hot path). */
export const EventSchema = Type.Union(
  EVENT_TYPES.map((type) => EVENT_SCHEMAS[type]),
  { description: "One line of events.jsonl." },
);
