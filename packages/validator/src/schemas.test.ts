import { Ajv2020 } from "ajv/dist/2020.js";
import { validateDocument } from "@stage6/evidence-interface";
import { expect, it } from "vitest";
import { GateCheck } from "./gate-check.ts";
import { GateResult } from "./gate-result.ts";
import { defaultHarnessConfig, HarnessConfig } from "./harness-config.ts";
import { sampleKeys } from "./testing/sample-root.ts";
import { TrustedKeyFile } from "@stage6/eligibility";

const config = defaultHarnessConfig("sample");
const keys = sampleKeys();

it.each([
  [
    "HarnessConfig",
    HarnessConfig,
    [config],
    [
      { ...config, more: 1 },
      { ...config, defaultValidationLane: "case" },
      { ...config, lanes: { ...config.lanes, fake: config.lanes.pi } },
      [],
    ],
  ],
  [
    "TrustedKeyFile",
    TrustedKeyFile,
    [keys],
    [
      { ...keys, keys: [] },
      { ...keys, keys: [{ ...keys.keys[0], role: "lane" }] },
      { ...keys, schemaVersion: "2.0" },
    ],
  ],
  ["GateCheck", GateCheck, [], [{}]],
  ["GateResult", GateResult, [], [{}]],
] as const)("%s means the same to another validator, and is described", (_, schema, good, bad) => {
  const ajv = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(JSON.stringify(schema)));
  for (const value of good) expect([ajv(value), validateDocument(schema, value).ok]).toEqual([true, true]);
  for (const value of bad) expect([ajv(value), validateDocument(schema, value).ok]).toEqual([false, false]);
  expect(schema).toHaveProperty("description");
});
