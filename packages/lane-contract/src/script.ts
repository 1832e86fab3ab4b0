import Type, { type Static } from "typebox";
import { CommandName } from "./named-command.ts";

const step = <P extends Record<string, import("typebox").TSchema>>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });

const Path = Type.String({
  minLength: 1,
  maxLength: 4096,
  description: "Path as the agent would write it; may point outside on purpose.",
});

/** One step of a script: what the scripted model asks the backend to do, or what goes wrong. */
export const ScriptStep = Type.Union([
  step(
    { do: Type.Literal("say"), text: Type.String({ maxLength: 1_000_000 }) },
    "A final answer without a tool call: ends the turn.",
  ),
  step(
    { do: Type.Literal("shell"), command: Type.String({ maxLength: 100_000 }) },
    "Run a shell command in the workspace.",
  ),
  step(
    { do: Type.Literal("command"), name: CommandName },
    "Run a named command of the fixture; a backend without such a tool runs it in its shell.",
  ),
  step(
    { do: Type.Literal("write"), path: Path, content: Type.String({ maxLength: 1_000_000 }) },
    "Create or replace a file.",
  ),
  step(
    {
      do: Type.Literal("edit"),
      path: Path,
      oldText: Type.String({ minLength: 1, maxLength: 100_000 }),
      newText: Type.String({ maxLength: 100_000 }),
    },
    "Replace the one occurrence of a text in a file.",
  ),
  step(
    {
      do: Type.Literal("fault-status"),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
    },
    "The model endpoint answers with an HTTP error.",
  ),
  step(
    { do: Type.Literal("fault-cut"), afterBytes: Type.Integer({ minimum: 0, maximum: 1_000_000 }) },
    "The answer stream is cut after so many bytes.",
  ),
  step(
    { do: Type.Literal("fault-malformed") },
    "The answer stream holds bytes that are no valid event stream.",
  ),
  step({ do: Type.Literal("fault-hang") }, "The model endpoint accepts the request and never answers."),
  step(
    { do: Type.Literal("fault-stall"), afterBytes: Type.Integer({ minimum: 0, maximum: 1_000_000 }) },
    "The answer stream stalls after so many bytes and stays open.",
  ),
  step(
    { do: Type.Literal("fake-exit"), code: Type.Integer({ minimum: 0, maximum: 255 }) },
    "Fake lane only: exit at once with this code, without a closing record.",
  ),
  step(
    {
      do: Type.Literal("fake-signal"),
      signal: Type.Union([Type.Literal("SIGKILL"), Type.Literal("SIGABRT"), Type.Literal("SIGSEGV")]),
    },
    "Fake lane only: die by this signal.",
  ),
  step(
    { do: Type.Literal("fake-hang"), ignoreTerm: Type.Boolean() },
    "Fake lane only: stay alive for ever, with or without minding SIGTERM.",
  ),
  step(
    { do: Type.Literal("fake-drip"), everyMs: Type.Integer({ minimum: 1, maximum: 60_000 }) },
    "Fake lane only: print a record every so often for ever.",
  ),
  step(
    { do: Type.Literal("fake-print"), base64: Type.String({ maxLength: 1_000_000 }) },
    "Fake lane only: print these bytes on stdout.",
  ),
  step(
    {
      do: Type.Literal("fake-flood"),
      bytes: Type.Integer({ minimum: 1, maximum: 4_294_967_296 }),
      lineBytes: Type.Integer({ minimum: 1, maximum: 4_294_967_296 }),
    },
    "Fake lane only: print so many bytes in lines of this length.",
  ),
  step(
    { do: Type.Literal("fake-orphan"), seconds: Type.Integer({ minimum: 1, maximum: 600 }) },
    "Fake lane only: leave a detached descendant that lives so long.",
  ),
  step({ do: Type.Literal("fake-open-tool") }, "Fake lane only: start a tool call and never end it."),
]);
export type ScriptStep = Static<typeof ScriptStep>;

/** What stands around a backend's process when it has to misbehave whatever backend it is. */
export const ScriptWrapper = Type.Object(
  {
    command: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description:
          "POSIX shell text run in place of the backend, in the target and with its environment; \"$@\" is the backend's command in its own folder, STAGE6_GATEWAY the address of the model gateway, STAGE6_HOME the trial's home.",
      }),
    ),
    preflight: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description:
          "POSIX shell text run as the lane's preflight; a code other than 0 makes it unavailable.",
      }),
    ),
  },
  { additionalProperties: false, description: "What stands around the backend's process." },
);
export type ScriptWrapper = Static<typeof ScriptWrapper>;

const Steps = Type.Array(ScriptStep, { minItems: 1, maxItems: 1000, description: "Steps in order." });

/** A script: steps in order, one model answer (or fault) each. The fake lane plays it itself; real lanes get it from the scripted model. */
export const Script = Type.Object(
  {
    steps: Steps,
    roles: Type.Optional(
      Type.Array(
        Type.Object(
          {
            role: Type.String({
              pattern: "^[a-z][a-z0-9-]{0,31}$",
              description: "Role, as the lane names it.",
            }),
            steps: Steps,
          },
          { additionalProperties: false, description: "Steps of one role." },
        ),
        {
          maxItems: 16,
          description:
            "Steps of single roles of a backend that runs several agents, in that backend's own words; a new agent of the role begins again. Backends without that role pass over them.",
        },
      ),
    ),
    answerDelayMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 60_000, description: "Delay before each model answer, ms." }),
    ),
    wrapper: Type.Optional(ScriptWrapper),
  },
  { additionalProperties: false, description: "A script for the scripted model or the fake lane." },
);
export type Script = Static<typeof Script>;

/** A tool call of the scripted model, in the words of one backend. */
export interface ScriptedToolCall {
  /** Name of the tool that the backend offers. */
  readonly name: string;
  /** Arguments, a JSON object. */
  readonly arguments: Readonly<Record<string, unknown>>;
}
