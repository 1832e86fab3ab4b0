import { Id, oneOf, SchemaVersion, Sha256, ShortText } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { AUTHORITY, closed } from "../schema-parts.ts";

/** The contracts that have to be active. */
export const CONTRACT_NAMES = ["case-adapter", "evidence-interface", "failure-matrix"] as const;
/** Name of a contract: contracts/<name>.json. */
export type ContractName = (typeof CONTRACT_NAMES)[number];

/** contracts/<name>.json: which version of a contract this root is judged by. */
export const Contract = closed(
  {
    schemaVersion: SchemaVersion,
    name: oneOf(CONTRACT_NAMES, "Name of the contract."),
    version: ShortText,
    sha256: Sha256,
    status: oneOf(["active", "retired", "draft"], "Only an active contract counts."),
  },
  "A contract.",
);
/** contracts/<name>.json. */
export type Contract = Static<typeof Contract>;

/** lanes/<lane>/lane.json: a lane in the registry. That it is off by default is a literal. */
export const LaneRecord = closed(
  {
    schemaVersion: SchemaVersion,
    id: Id,
    adapter: ShortText,
    enabledByDefault: AUTHORITY.enabledByDefault,
    statePaths: Type.Array(ShortText, {
      maxItems: 64,
      description: "Where the backend may keep state of its own, outside the allowed source paths.",
    }),
  },
  "A lane of the registry.",
);
/** lanes/<lane>/lane.json. */
export type LaneRecord = Static<typeof LaneRecord>;

/** fixtures/<id>/ownership.json: whose repository a fixture is, and that it may be changed. */
export const OwnershipRecord = closed(
  {
    schemaVersion: SchemaVersion,
    fixture: Id,
    owner: ShortText,
    class: Type.Literal("owned-noncritical", {
      description: "Not production, critical, customer, vendor, external or unowned.",
    }),
    mutationScope: AUTHORITY.mutationScope,
    consent: ShortText,
    fixtureDigest: Sha256,
    baseCommit: Type.String({
      pattern: "^([0-9a-f]{40}|[0-9a-f]{64})$",
      description: "Commit that is changed.",
    }),
    allowedPaths: Type.Array(ShortText, {
      minItems: 1,
      maxItems: 256,
      description: "Paths that may change.",
    }),
  },
  "Ownership of a target repository.",
);
/** fixtures/<id>/ownership.json. */
export type OwnershipRecord = Static<typeof OwnershipRecord>;
