import { CommitId, Id, SchemaVersion, Sha256 } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { NamedCommand } from "./named-command.ts";
import { Script } from "./script.ts";

/** Relative POSIX path without empty, `.` or `..` segments: the file is laid over a tree that a lane wrote. */
const OraclePath = Type.String({
  pattern: "^(?!\\.{1,2}(/|$))[^/\\\\]+(/(?!\\.{1,2}(/|$))[^/\\\\]+)*$",
  maxLength: 1024,
  description: "Relative POSIX path.",
});

/** Target repository + task + bounds + oracle, as data. Lies in `fixtures/<id>/fixture.json` of a harness root. */
export const Fixture = Type.Object(
  {
    schemaVersion: SchemaVersion,
    id: Id,
    title: Type.String({ minLength: 1, maxLength: 200, description: "What the task is, one line." }),
    repository: Type.Object(
      {
        bundle: Type.Literal("repo.bundle", {
          description: "Git bundle beside this file, holding the base commit.",
        }),
        baseCommit: CommitId,
        baseTree: CommitId,
        origin: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 2048,
            description: "URL of the remote that the repository came from; absent when it had none.",
          }),
        ),
      },
      { additionalProperties: false, description: "The target repository." },
    ),
    task: Type.Object(
      { file: Type.Literal("task.md"), sha256: Sha256 },
      { additionalProperties: false, description: "The task text given to the lane." },
    ),
    allowedPaths: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
      minItems: 1,
      maxItems: 256,
      description: "Globs of paths the lane may change: literal segments, `*`, `?` and `**` only.",
    }),
    commands: Type.Optional(
      Type.Array(NamedCommand, {
        minItems: 1,
        maxItems: 32,
        description:
          "Commands of the target that a model may run by name. A lane that can offers them in place of a shell; others leave them out. Absent: none.",
      }),
    ),
    expects: Type.Union([Type.Literal("change"), Type.Literal("no-change")], {
      description: "Whether the right result changes the tree; `no-change` is a task to be refused.",
    }),
    oracle: Type.Object(
      {
        argv: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
          minItems: 1,
          maxItems: 256,
          description: "Command run by the harness in a copy of the final tree; exit 0 passes.",
        }),
        files: Type.Array(
          Type.Object({ path: OraclePath, sha256: Sha256 }, { additionalProperties: false }),
          {
            maxItems: 1024,
            description:
              "Files under `oracle/` beside this file that are laid over the copy first, so that the lane cannot edit its own test.",
          },
        ),
      },
      { additionalProperties: false, description: "How the harness decides whether the task is done." },
    ),
    script: Type.Union([Script, Type.Null()], {
      description:
        "What the scripted model does in a rehearsal; null: it looks around and says that it changed nothing.",
    }),
  },
  { additionalProperties: false, description: "A fixture." },
);
export type Fixture = Static<typeof Fixture>;
