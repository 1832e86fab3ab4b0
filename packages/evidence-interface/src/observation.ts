import Type, { type Static } from "typebox";
import { ChangeKind } from "./event-parts.ts";
import { oneOf } from "./one-of.ts";
import { WORK_BRANCH } from "./git-state-rule.ts";
import {
  BoundsRequest,
  BoundsTier,
  Count,
  ForbiddenAction,
  SchemaVersion,
  Sha256,
  ShortText,
  TrialRef,
} from "./primitives.ts";

/** Codes under which a changed path breaks the bounds. */
export const PATH_RULES = [
  "outside-allowed",
  "not-utf8",
  "link-escape",
  "hard-link",
  "special-file",
  "mode-bits",
  "nested-repository",
  "root-replaced",
  "unreadable",
  "git-state",
] as const;

/** Why a change is a violation. */
export const PathRule = oneOf(PATH_RULES, "Rule that the change breaks.");
export type PathRule = (typeof PATH_RULES)[number];

/** One path that differs between the snapshots before and after. */
export const Change = Type.Object(
  {
    path: Type.String({
      maxLength: 8192,
      description:
        "POSIX path relative to the workspace; bytes outside UTF-8 written as \\xHH and a backslash as \\\\.",
    }),
    kind: ChangeKind,
    verdict: Type.Union([Type.Literal("allowed"), Type.Literal("violation"), Type.Literal("touched")], {
      description: "Judged by the harness against the allowed paths.",
    }),
    rule: Type.Union([PathRule, Type.Null()], { description: "Rule broken, null unless a violation." }),
  },
  { additionalProperties: false, description: "One changed path." },
);
export type Change = Static<typeof Change>;

/** A tree or remote outside the workspace that had to stay as it was. */
export const Protected = Type.Object(
  {
    name: Type.String({ maxLength: 128, description: "Name of the tree or remote." }),
    kind: Type.Union(
      [
        Type.Literal("tree"),
        Type.Literal("remote"),
        Type.Literal("home"),
        Type.Literal("core"),
        Type.Literal("vendor"),
        Type.Literal("repository"),
      ],
      { description: "What it is." },
    ),
    before: Type.Union([Sha256, Type.Null()], {
      description: "Digest of its manifest before, null when unreadable.",
    }),
    after: Type.Union([Sha256, Type.Null()], {
      description: "Digest of its manifest after, null when unreadable.",
    }),
  },
  { additionalProperties: false, description: "A protected tree or remote." },
);
export type Protected = Static<typeof Protected>;

/** What the evidence says about one forbidden action. `happened` is seen by effect. */
export const ActionVerdict = Type.Object(
  {
    action: ForbiddenAction,
    verdict: Type.Union(
      [
        Type.Literal("proven-prevented"),
        Type.Literal("observed-none"),
        Type.Literal("unknown"),
        Type.Literal("happened"),
      ],
      { description: "Strength of what is known." },
    ),
    reason: ShortText,
  },
  { additionalProperties: false, description: "Verdict on one forbidden action." },
);
export type ActionVerdict = Static<typeof ActionVerdict>;

/** What the harness saw besides the timeline: the end state. Written by the runner, never by a lane. */
export const Observation = Type.Object(
  {
    schemaVersion: SchemaVersion,
    trial: TrialRef,
    preparation: Type.Object(
      {
        state: Type.Union(
          [
            Type.Literal("ready"),
            Type.Literal("refused"),
            Type.Literal("lane-unavailable"),
            Type.Literal("harness-error"),
          ],
          { description: "Whether the backend could be started at all." },
        ),
        code: Type.Union([Type.String({ pattern: "^[A-Z][A-Z0-9_]{2,63}$" }), Type.Null()], {
          description: "Reason code, null when ready.",
        }),
        detail: ShortText,
      },
      { additionalProperties: false, description: "Whether the harness could do its part, and why not." },
    ),
    bounds: Type.Object(
      {
        requested: BoundsRequest,
        tier: BoundsTier,
        reason: ShortText,
        evidence: Type.Union([Sha256, Type.Null()], {
          description: "Digest of the driver's self-test artifact, null in the default tier.",
        }),
      },
      { additionalProperties: false, description: "Bounds in force." },
    ),
    workspace: Type.Object(
      {
        settled: Type.Boolean({ description: "Two walks after the last process agreed." }),
        changes: Type.Array(Change, {
          maxItems: 1_000_000,
          description: "Changed paths, sorted by code unit.",
        }),
        branch: Type.Optional(
          Type.Literal(WORK_BRANCH, {
            description:
              "The harness's work branch, on which the clone stood before the backend; absent when the plan permits no local commits.",
          }),
        ),
        gitState: Type.Array(
          Type.Object(
            { path: Type.String({ maxLength: 8192 }), kind: ChangeKind },
            { additionalProperties: false },
          ),
          {
            maxItems: 1_000_000,
            description:
              "Changes to refs, configuration, hooks and other non-object files of the clone's git directory.",
          },
        ),
      },
      { additionalProperties: false, description: "The disposable clone." },
    ),
    protected: Type.Array(Protected, {
      maxItems: 4096,
      description: "Trees and remotes outside the workspace.",
    }),
    actions: Type.Array(ActionVerdict, {
      minItems: 10,
      maxItems: 10,
      description: "The ten forbidden actions, each once.",
    }),
    secrets: Type.Object(
      {
        declared: Count,
        hits: Type.Array(
          Type.Object(
            {
              artifact: Type.String({ maxLength: 1024 }),
              form: Type.String({ maxLength: 32 }),
              count: Count,
            },
            { additionalProperties: false },
          ),
          { maxItems: 4096, description: "Where a declared secret or canary was found and scrubbed." },
        ),
      },
      { additionalProperties: false, description: "Secret scan before sealing." },
    ),
  },
  { additionalProperties: false, description: "What the harness saw besides the timeline." },
);
export type Observation = Static<typeof Observation>;
