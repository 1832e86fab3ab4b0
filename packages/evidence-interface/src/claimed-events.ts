import Type from "typebox";
import { NullableExit, NullableText, closed } from "./event-object.ts";
import { AgentOutcome, RawRef, ToolStatus, Usage } from "./event-parts.ts";
import { Count, ShortText } from "./primitives.ts";

const ClaimedPath = Type.String({ maxLength: 4096, description: "Path as the backend wrote it." });
const ToolName = Type.String({ maxLength: 256, description: "Tool name." });
const CallId = Type.String({ minLength: 1, maxLength: 256, description: "Id that pairs start and end." });

const Category = Type.String({
  maxLength: 128,
  description: "Category of a rubric, as the backend names it.",
});
const Categories = Type.Array(Category, { maxItems: 64, description: "Categories that failed." });
const Rubric = Type.Array(
  closed(
    {
      category: Category,
      verdict: Type.Union([Type.Literal("passed"), Type.Literal("failed"), Type.Literal("not-applicable")], {
        description: "Verdict on the category, as claimed.",
      }),
    },
    "One category of a rubric.",
  ),
  { maxItems: 64, description: "The rubric behind the verdict, for backends that state one." },
);

/** `data` of every event that a lane said, version 1: claims, each with the raw bytes it was read from. The key is the event's `type`. */
export const CLAIMED_DATA = {
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
      durationMs: Type.Optional(Count),
    },
    "A phase ended, as claimed.",
  ),
  "revision.requested": closed(
    { raw: RawRef, source: Type.String({ maxLength: 64 }), cycle: Count, failed: Type.Optional(Categories) },
    "An evaluator asked for another cycle.",
  ),
  "review.claimed": closed(
    {
      raw: RawRef,
      by: Type.String({ maxLength: 64 }),
      verdict: Type.Union([Type.Literal("passed"), Type.Literal("rejected"), Type.Literal("exhausted")]),
      critical: Count,
      rubric: Type.Optional(Rubric),
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
