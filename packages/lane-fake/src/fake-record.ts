import { Usage } from "@stage6/evidence-interface";
import Type, { type Static, type TObject, type TProperties } from "typebox";

// Open objects: a field more says nothing new to this reader, a field less or of another type is drift.
const record = <P extends TProperties>(properties: P, description: string): TObject<P> =>
  Type.Object(properties, { description });

const Text = Type.String({ description: "Text as the backend wrote it." });
const CallId = Type.String({ minLength: 1, maxLength: 256, description: "Id that pairs start and end." });
const ExitCode = Type.Union([Type.Integer({ minimum: 0, maximum: 4_294_967_295 }), Type.Null()], {
  description: "Exit code, or null when there is none.",
});

/** Version of the record format, the `v` of each line. */
export const FAKE_RECORD_VERSION = 1;

/** The fields of each kind of record, beside `v` and `kind`. */
export const FAKE_RECORDS = {
  hello: record({ session: Text, version: Text }, "First record: the session and the backend's version."),
  message: record(
    {
      as: Type.Union([
        Type.Literal("answer"),
        Type.Literal("reasoning"),
        Type.Literal("warning"),
        Type.Literal("plan"),
      ]),
      text: Text,
    },
    "Something said.",
  ),
  "tool-start": record({ id: CallId, tool: Text, input: Text }, "A tool call began."),
  "tool-end": record(
    {
      id: CallId,
      status: Type.Union([Type.Literal("completed"), Type.Literal("failed"), Type.Literal("refused")]),
      exitCode: ExitCode,
    },
    "A tool call ended; its output stands in the raw record only.",
  ),
  change: record(
    {
      path: Text,
      change: Type.Union([Type.Literal("added"), Type.Literal("modified"), Type.Literal("deleted")]),
    },
    "A path the backend says it changed.",
  ),
  refused: record({ tool: Text, message: Text }, "A tool call the backend itself refused."),
  review: record(
    {
      by: Text,
      verdict: Type.Union([Type.Literal("passed"), Type.Literal("rejected"), Type.Literal("exhausted")]),
      critical: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    },
    "A verdict of an evaluator inside the backend; read, never printed by this backend on its own.",
  ),
  usage: record(Usage.properties, "Token counts; the fake asks no model and says zero."),
  bye: record(
    {
      outcome: Type.Union([Type.Literal("completed"), Type.Literal("failed"), Type.Literal("aborted")]),
      message: Type.Union([Text, Type.Null()]),
    },
    "The backend's own word on its end.",
  ),
} as const;

/** Name of a kind of record. */
export type FakeKind = keyof typeof FAKE_RECORDS;

/** The fields of one kind of record. */
export type FakeFields<K extends FakeKind> = Static<(typeof FAKE_RECORDS)[K]>;
