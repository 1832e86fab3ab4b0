import { FINDING_CODES, type Finding } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { compare } from "./compare.ts";
import { findingDimension } from "./finding-dimension.ts";
import { changeLane, sampleInput } from "./testing/documents.ts";

const FILES = [
  "report.json",
  "events.jsonl",
  "artifacts/observation.json",
  "manifest.json",
  "bundle.dsse.json",
  "artifacts/stdout",
];
const CASES = FINDING_CODES.flatMap((code) => FILES.map((file): Finding => ({ code, rule: "any", file })));

test.each(CASES)("$code in $file counts against exactly one dimension, of either side", (finding) => {
  for (const lane of ["case", "pi"]) {
    const comparison = compare(
      changeLane(sampleInput(), lane, (trial) => ({ ...trial, findings: [finding] })),
    );
    expect(comparison.exitCode).toBe(3);
    const states = comparison.lanes.find((one) => one.lane === lane)?.dimensions ?? [];
    expect(states.filter(({ state }) => state === "violated").map(({ dimension }) => dimension)).toEqual([
      findingDimension(finding),
    ]);
  }
});

test("documents that do not read count where they are judged", () => {
  const at = (file: string): string => findingDimension({ code: "SCHEMA_INVALID", rule: "schema", file });
  expect(FILES.map(at)).toEqual([
    "report-shape",
    "event-validity",
    "allowed-paths",
    "artifact-completeness",
    "artifact-completeness",
    "artifact-completeness",
  ]);
});
