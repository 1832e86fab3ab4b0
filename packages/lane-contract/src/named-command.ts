import Type, { type Static } from "typebox";

/** Name of a command as a model says it. */
export const CommandName = Type.String({
  pattern: "^[a-z][a-z0-9-]{0,31}$",
  description: "Name of a command, as the model says it.",
});

/** A command of the target whose words are fixed: a model may run it by its name and say nothing else. */
export const NamedCommand = Type.Object(
  {
    name: CommandName,
    argv: Type.Array(Type.String({ maxLength: 4096 }), {
      minItems: 1,
      maxItems: 64,
      description: "The whole command, run in the workspace without a shell.",
    }),
  },
  { additionalProperties: false, description: "A named command of the target." },
);
export type NamedCommand = Static<typeof NamedCommand>;
