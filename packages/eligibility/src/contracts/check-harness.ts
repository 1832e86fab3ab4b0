import { REQUIRED_LANES } from "@stage6/comparator";
import { Id } from "@stage6/evidence-interface";
import Type from "typebox";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { readDocument } from "../read-document.ts";
import { AUTHORITY } from "../schema-parts.ts";
import { Contract, CONTRACT_NAMES, LaneRecord, type ContractName } from "./contract.ts";

/** What is in force in the code that judges: what a contract has to name. */
export interface ContractInForce {
  readonly version: string;
  readonly sha256: string;
}

/** The keys of harness.json that the gate needs; the rest is the validator's. */
const Named = Type.Object({ id: Id });
const Scope = Type.Object({ mutationScope: AUTHORITY.mutationScope });
const DefaultLane = Type.Object({ defaultValidationLane: Type.Literal("fake") });
const Switches = Type.Object({
  lanes: Type.Object({
    case: Type.Object({ enabledByDefault: Type.Literal(false) }),
    codex: Type.Object({ enabledByDefault: Type.Literal(false) }),
    pi: Type.Object({ enabledByDefault: Type.Literal(false) }),
  }),
});

/** The id of a harness; null when its configuration says none. */
export function harnessIdOf(harness: RawFile | null): string | null {
  return readDocument(Named, harness, "harness.json", "SCOPE_INVALID").value?.id ?? null;
}

/** harness.json and the lane registry: the scope, fake as the validation lane, the four lanes, and nothing switched on. */
export function checkHarness(
  harness: RawFile | null,
  lanes: ReadonlyMap<string, RawFile>,
): readonly Problem[] {
  const at = "harness.json";
  const problems = [
    ...readDocument(Scope, harness, at, "SCOPE_INVALID").problems,
    ...readDocument(DefaultLane, harness, at, "LANE_REGISTRY_INCOMPLETE").problems,
    ...readDocument(Switches, harness, at, "DEFAULT_SWITCH_FORBIDDEN").problems,
  ];
  for (const lane of REQUIRED_LANES) {
    const path = `lanes/${lane}/lane.json`;
    if (!lanes.has(lane))
      problems.push(
        problemIn(path, "LANE_REGISTRY_INCOMPLETE", "missing", "the four lanes cannot be removed"),
      );
  }
  for (const [lane, file] of lanes) {
    const { value, problems: found } = readDocument(LaneRecord, file, file.path, "DEFAULT_SWITCH_FORBIDDEN");
    problems.push(...found);
    if (value !== null && value.id !== lane)
      problems.push(
        problemIn(file.path, "LANE_REGISTRY_INCOMPLETE", "id", `expected the lane ${lane}`, value.id),
      );
  }
  return problems;
}

/** The contracts: each there, active, and the version and digest that the judging code has in force. */
export function checkContracts(
  files: ReadonlyMap<string, RawFile>,
  inForce: Readonly<Record<ContractName, ContractInForce>>,
): readonly Problem[] {
  return CONTRACT_NAMES.flatMap((name): Problem[] => {
    const path = `contracts/${name}.json`;
    const { value, problems } = readDocument(Contract, files.get(name), path, "CONTRACT_INACTIVE");
    if (value === null) return [...problems];
    const found: Problem[] = [];
    if (value.status !== "active")
      found.push(problemIn(path, "CONTRACT_INACTIVE", "status", "expected an active contract", value.status));
    const expected = inForce[name];
    if (value.name !== name || value.version !== expected.version || value.sha256 !== expected.sha256)
      found.push(
        problemIn(
          path,
          "CONTRACT_MISMATCH",
          "in-force",
          `expected ${name} ${expected.version} ${expected.sha256}`,
          `${value.name} ${value.version} ${value.sha256}`,
        ),
      );
    return found;
  });
}
