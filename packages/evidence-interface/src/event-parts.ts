import Type, { type Static } from "typebox";
import { BundlePath, Count } from "./primitives.ts";

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
    Type.Literal("local"),
  ],
  {
    description:
      "complete: the stream's own end marker was seen; error-status: HTTP status 400 or above; cut: connection ended first; malformed: ended without a valid end marker; unanswered: the backend left or was ended first; refused: the gateway refused to forward; local: the gateway gave the fixed answer of the lane's plan, and no model was asked.",
  },
);
export type AnswerEnd = Static<typeof AnswerEnd>;

/** Why the gateway did not forward a request; the four of `MODEL_REFUSALS` end the trial as MODEL_MISMATCH. */
export const RefusalCode = Type.Union(
  [
    Type.Literal("REQUEST_LIMIT"),
    Type.Literal("PATH_CLOSED"),
    Type.Literal("BODY_TOO_LARGE"),
    Type.Literal("BODY_UNREADABLE"),
    Type.Literal("BODY_AMBIGUOUS"),
    Type.Literal("MODEL_MISSING"),
    Type.Literal("MODEL_OTHER"),
    Type.Literal("PROVIDER_FEATURE"),
  ],
  {
    description:
      "REQUEST_LIMIT: beyond the plan's limit; PATH_CLOSED: no path of a model API; BODY_TOO_LARGE; BODY_UNREADABLE: no JSON object; BODY_AMBIGUOUS: a key stands twice or in another spelling, so that two readers may understand two requests; MODEL_MISSING: no model is named; MODEL_OTHER: not the planned one; PROVIDER_FEATURE: it asks for something that chooses another model or prompt, or that is not known.",
  },
);
export type RefusalCode = Static<typeof RefusalCode>;

/** Refusals of requests that did not ask the planned model in words that allow one reading. */
export const MODEL_REFUSALS: readonly RefusalCode[] = [
  "BODY_UNREADABLE",
  "BODY_AMBIGUOUS",
  "MODEL_MISSING",
  "MODEL_OTHER",
];

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

/** Token counts: claimed by a backend, or stated by the provider in an answer that the gateway saw. */
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
