import Type from "typebox";
import { NullableExit, NullableText, closed } from "./event-object.ts";
import { AnswerEnd, EndedBy, RefusalCode, Usage } from "./event-parts.ts";
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
  TrialRef,
} from "./primitives.ts";

/** `data` of every event that the harness saw itself, version 1: harness, gateway and file system. The key is the event's `type`. */
export const OBSERVED_DATA = {
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
        description:
          "Offered tools that would act at the provider, and what else it was asked to do by itself.",
      }),
      refusal: Type.Optional(RefusalCode),
      bytes: Count,
      sha256: Sha256,
    },
    "A model request reached the gateway. `refusal` says why it was not forwarded; absent when it was, or its client left.",
  ),
  "model.answered": closed(
    {
      request: Count,
      status: Type.Union([Type.Integer({ minimum: 0, maximum: 999 }), Type.Null()], {
        description: "HTTP status sent to the backend.",
      }),
      end: AnswerEnd,
      bytes: Count,
      usage: Type.Optional(Usage),
    },
    "The answer to a model request ended. `usage` is what the provider stated in an answer that ended `complete`, read by the gateway.",
  ),
  checkpoint: closed(
    { events: Count, bytes: Count, sha256: Sha256 },
    "Events and bytes before this line, and the SHA-256 of all those bytes.",
  ),
  "run.ended": closed({ events: Count }, "Last event: number of events before it."),
} as const;
