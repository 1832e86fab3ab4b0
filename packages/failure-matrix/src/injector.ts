import { BundlePath, oneOf } from "@stage6/evidence-interface";
import Type, { type Static, type TProperties } from "typebox";
import { Mutation } from "./mutation.ts";
import { Profile } from "./profile.ts";

const closed = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });

const Text = Type.String({ maxLength: 100_000 });
/** One step of a script, by name and plain values; the driver reads it with the script's own schema. */
export const InjectedStep = Type.Record(
  Type.String({ pattern: "^[A-Za-z][A-Za-z0-9]{0,31}$" }),
  Type.Union([Text, Type.Integer({ minimum: 0, maximum: 4_294_967_296 }), Type.Boolean()]),
  { additionalProperties: false, description: "A step: `do` and its values." },
);
export type InjectedStep = Static<typeof InjectedStep>;

const scene = {
  profile: Profile,
  steps: Type.Array(InjectedStep, {
    minItems: 1,
    maxItems: 64,
    description: "What the model answers, or the fake lane plays, in order.",
  }),
  roles: Type.Optional(
    Type.Array(
      closed(
        {
          role: Type.String({
            pattern: "^[a-z][a-z0-9-]{0,31}$",
            description: "Role, as its lane names it.",
          }),
          steps: Type.Array(InjectedStep, { minItems: 1, maxItems: 64, description: "Its steps, in order." }),
        },
        "Steps of one agent of a backend that runs several.",
      ),
      { maxItems: 16, description: "What single agents do, where they do not just play their own part." },
    ),
  ),
  files: Type.Array(closed({ path: BundlePath, content: Text }, "A file of the target."), {
    maxItems: 16,
    description: "Files of the target besides the common ones, sorted by path.",
  }),
  base: oneOf(["seeded", "moved"], "Whether the fixture names the target's own tree, or another one."),
};

/** What a gate input is spoiled in. */
export const GATE_INPUTS = ["admission", "acceptance", "applicability"] as const;

/** What a drill does to the runner itself. */
export const DRILLS = ["runner-killed", "disk-full", "trial-reused", "backend-changed"] as const;
export type Drill = (typeof DRILLS)[number];

/** How a bad state is brought about, as data. */
export const Injector = Type.Union(
  [
    closed(
      { kind: Type.Literal("scripted-model"), ...scene },
      "The scripted model answers so, behind the gateway.",
    ),
    closed({ kind: Type.Literal("fake-scenario"), ...scene }, "The fake lane's backend plays this itself."),
    closed(
      {
        kind: Type.Literal("process-wrapper"),
        ...scene,
        wrapper: Type.Object(
          {
            command: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 10_000,
                description:
                  'POSIX shell text that runs in place of the backend; "$@" is the backend\'s command.',
              }),
            ),
            preflight: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 10_000,
                description: "POSIX shell text that runs before the trial.",
              }),
            ),
          },
          { additionalProperties: false, description: "What stands around the backend's process." },
        ),
      },
      "A shell around the backend's process misbehaves, whatever the backend is.",
    ),
    closed(
      {
        kind: Type.Literal("bundle-mutation"),
        mutations: Type.Array(Mutation, { minItems: 1, maxItems: 8, description: "Edits, in order." }),
      },
      "A sound bundle of the lane is spoiled after it was sealed.",
    ),
    closed(
      {
        kind: Type.Literal("gate-input"),
        input: oneOf(GATE_INPUTS, "Document of the gate that is spoiled."),
        changes: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9-]{0,63}$" }), {
          minItems: 1,
          maxItems: 32,
          description: "Ways in which it is spoiled, each on a sound copy.",
        }),
      },
      "A sound input of the gate is spoiled.",
    ),
    closed(
      { kind: Type.Literal("runner-drill"), drill: oneOf(DRILLS, "What is done to the runner.") },
      "The runner itself is disturbed while the lane's trial is due.",
    ),
  ],
  { description: "How the bad state is brought about." },
);
export type Injector = Static<typeof Injector>;

/** An injector that leaves an ordinary sealed trial. */
export type TrialInjector = Extract<Injector, { steps: unknown }>;

/** Whether the injector leaves an ordinary sealed trial; the others leave a record. */
export function leavesTrial(injector: Injector): injector is TrialInjector {
  switch (injector.kind) {
    case "scripted-model":
    case "fake-scenario":
    case "process-wrapper":
      return true;
    case "bundle-mutation":
    case "gate-input":
    case "runner-drill":
      return false;
  }
}
