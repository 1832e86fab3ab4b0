import { sha256 } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { codesOf } from "../testing/codes-of.ts";
import { contractFile, laneFile, wholeSample } from "../testing/sample-documents.ts";
import { fileOf } from "../testing/sample-keys.ts";
import { CONTRACT_NAMES } from "./contract.ts";

const { documents } = wholeSample();
const text = Buffer.from(documents.harness?.bytes ?? Buffer.of()).toString("utf8");
const harness = (from: string, to: string): string[] => {
  expect(text).toContain(from);
  return codesOf("harness", { ...documents, harness: fileOf("harness.json", text.replace(from, to)) });
};

describe("harness.json and the lane registry", () => {
  it("R3: hold with the scope, the validation lane and four lanes that are off", () => {
    expect(codesOf("harness", documents)).toEqual([]);
  });

  it.each([
    ["another scope", '"mutationScope":"scoped-real-repo"', '"mutationScope":"any"'],
    ["no scope", '"mutationScope":"scoped-real-repo",', ""],
  ])("R29: %s is refused (SCOPE_INVALID)", (_, from, to) => {
    expect(harness(from, to)).toEqual(["SCOPE_INVALID schema"]);
  });

  it.each(["case", "codex", "pi"])("R4: %s switched on is refused (DEFAULT_SWITCH_FORBIDDEN)", (lane) => {
    const off = `"adapter":"lane-${lane}","enabledByDefault":false`;
    expect(harness(off, off.replace("false", "true"))).toEqual(["DEFAULT_SWITCH_FORBIDDEN schema"]);
  });

  it("R30: a lane that its own record switches on is refused (DEFAULT_SWITCH_FORBIDDEN)", () => {
    const lanes = new Map([...documents.lanes, ["case", laneFile("case", { enabledByDefault: true })]]);
    expect(codesOf("harness", { ...documents, lanes })).toEqual(["DEFAULT_SWITCH_FORBIDDEN schema"]);
  });

  it("R56: another validation lane than fake is refused (LANE_REGISTRY_INCOMPLETE)", () => {
    expect(harness('"defaultValidationLane":"fake"', '"defaultValidationLane":"case"')).toEqual([
      "LANE_REGISTRY_INCOMPLETE schema",
    ]);
  });

  it.each(["case", "codex", "fake", "pi"])(
    "R18: a registry without %s is refused (LANE_REGISTRY_INCOMPLETE)",
    (lane) => {
      const lanes = new Map([...documents.lanes].filter(([id]) => id !== lane));
      expect(codesOf("harness", { ...documents, lanes })).toEqual(["LANE_REGISTRY_INCOMPLETE missing"]);
    },
  );

  it("R18: a lane's record under another's name is refused (LANE_REGISTRY_INCOMPLETE)", () => {
    const lanes = new Map([...documents.lanes, ["pi", laneFile("codex")]]);
    expect(codesOf("harness", { ...documents, lanes })).toEqual(["LANE_REGISTRY_INCOMPLETE id"]);
  });
});

describe("contracts", () => {
  const contracts = (name: string, change: Record<string, unknown>): string[] =>
    codesOf("contracts", {
      ...documents,
      contracts: new Map([...documents.contracts, [name, contractFile(name, change)]]),
    });
  const requirement = {
    "evidence-interface": "R52",
    "case-adapter": "R54",
    "failure-matrix": "R55",
  } as const;
  const named = CONTRACT_NAMES.map((name) => [requirement[name], name] as const);

  it.each(named)("%s: %s has to be active (CONTRACT_INACTIVE)", (_, name) => {
    expect(contracts(name, {})).toEqual([]);
    expect(contracts(name, { status: "retired" })).toEqual(["CONTRACT_INACTIVE status"]);
    expect(contracts(name, { status: "draft" })).toEqual(["CONTRACT_INACTIVE status"]);
    const missing = new Map([...documents.contracts].filter(([id]) => id !== name));
    expect(codesOf("contracts", { ...documents, contracts: missing })).toEqual(["CONTRACT_INACTIVE missing"]);
  });

  it.each(named)("%s: %s has to be the one in force (CONTRACT_MISMATCH)", (_, name) => {
    expect(contracts(name, { sha256: sha256("other") })).toEqual(["CONTRACT_MISMATCH in-force"]);
    expect(contracts(name, { version: "2.0" })).toEqual(["CONTRACT_MISMATCH in-force"]);
  });
});

describe("ownership", () => {
  const fixture = [...documents.ownership.keys()][0] ?? "";
  const record = documents.ownership.get(fixture);
  const json: Record<string, unknown> = JSON.parse(
    Buffer.from(record?.bytes ?? Buffer.of()).toString("utf8"),
  );
  const owned = (change: Record<string, unknown>): string[] =>
    codesOf("ownership", {
      ...documents,
      ownership: new Map([[fixture, fileOf("ownership.json", { ...json, ...change })]]),
    });

  it.each(["production", "critical", "customer", "vendor", "external", "unowned"])(
    "R15: a target of the class %s is refused (TARGET_NOT_OWNED)",
    (kind) => {
      expect(owned({ class: kind })).toEqual(["TARGET_NOT_OWNED schema"]);
    },
  );

  it("R15: a target without a record, or with one about another repository or commit, is refused (TARGET_NOT_OWNED)", () => {
    expect(owned({})).toEqual([]);
    expect(codesOf("ownership", { ...documents, ownership: new Map() })).toEqual([
      "TARGET_NOT_OWNED missing",
    ]);
    expect(owned({ fixtureDigest: sha256("other") })).toEqual(["TARGET_NOT_OWNED other-target"]);
    expect(owned({ baseCommit: "0".repeat(40) })).toEqual(["TARGET_NOT_OWNED other-target"]);
    expect(owned({ mutationScope: "any" })).toEqual(["TARGET_NOT_OWNED schema"]);
  });
});
