import { Id, ProtectedKind, SCHEMA_VERSION, SchemaVersion } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";

const lane = <const V extends boolean>(enabledByDefault: V, description: string) =>
  Type.Object(
    {
      adapter: Type.String({
        pattern: "^[@a-z0-9][@/a-z0-9._-]{0,127}$",
        description: "Package that adapts the lane.",
      }),
      enabledByDefault: Type.Literal(enabledByDefault, {
        description: "Whether the lane is on without being asked for; a literal.",
      }),
    },
    { additionalProperties: false, description },
  );

const Binary = Type.Union([Type.String({ minLength: 1, maxLength: 4096 }), Type.Null()], {
  description: "The operator's own binary; null to look for one.",
});

/** harness.json: which lanes a harness root knows. Only fake is on by default, in the schema itself. */
export const HarnessConfig = Type.Object(
  {
    schemaVersion: SchemaVersion,
    id: Id,
    defaultValidationLane: Type.Literal("fake", { description: "The lane that a smoke test runs." }),
    mutationScope: Type.Literal("scoped-real-repo", { description: "What a lane may change; a literal." }),
    lanes: Type.Object(
      {
        case: lane(false, "The candidate; off, always."),
        codex: lane(false, "Codex."),
        fake: lane(true, "The scripted backend."),
        pi: lane(false, "Pi."),
      },
      { additionalProperties: false, description: "The four lanes." },
    ),
    backends: Type.Object(
      { case: Binary, codex: Binary, pi: Binary },
      { additionalProperties: false, description: "Where the operator's backends lie." },
    ),
    protectedTrees: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Id,
            kind: ProtectedKind,
            path: Type.String({ pattern: "^/", maxLength: 4096, description: "Absolute path of the tree." }),
          },
          { additionalProperties: false, description: "A tree that no trial may change." },
        ),
        {
          minItems: 1,
          maxItems: 64,
          description: "Core, vendor source, other repositories, homes; absent for none.",
        },
      ),
    ),
  },
  { additionalProperties: false, description: "Configuration of a harness root." },
);
/** Configuration of a harness root. */
export type HarnessConfig = Static<typeof HarnessConfig>;

/** The harness.json that `init` writes: four lanes, no backend named. */
export function defaultHarnessConfig(id: string): HarnessConfig {
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    defaultValidationLane: "fake",
    mutationScope: "scoped-real-repo",
    lanes: {
      case: { adapter: "@stage6/lane-case", enabledByDefault: false },
      codex: { adapter: "@stage6/lane-codex", enabledByDefault: false },
      fake: { adapter: "@stage6/lane-fake", enabledByDefault: true },
      pi: { adapter: "@stage6/lane-pi", enabledByDefault: false },
    },
    backends: { case: null, codex: null, pi: null },
  };
}
