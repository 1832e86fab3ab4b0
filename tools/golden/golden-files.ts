import {
  sampleTrial,
  sealFiles,
  testKeys,
  type SampleTrialOptions,
} from "@stage6/evidence-interface/testing";
import { caseName, type BadCase } from "./bad-case.ts";
import { byteCases } from "./byte-cases.ts";
import { logCases } from "./log-cases.ts";
import { sealCases } from "./seal-cases.ts";
import { WITHHELD_BUNDLES, withheldCases } from "./withheld-cases.ts";

/** Good golden bundles of version 1, by folder name. */
const GOOD_BUNDLES: Readonly<Record<string, SampleTrialOptions>> = {
  "fake-completed": {},
  "codex-completed": { lane: "codex" },
  "failed-boundary": { lane: "codex", end: "failed-boundary" },
  "timed-out": { lane: "codex", end: "timed-out" },
  "lane-unavailable": { lane: "codex", end: "lane-unavailable" },
  "usage-observed": { lane: "codex", statedUsage: true },
};

/** Bad golden bundles of version 1. */
function badCases(): readonly BadCase[] {
  return [...byteCases(), ...logCases(), ...sealCases(), ...withheldCases()];
}

/** Every file of the golden set of version 1, by path below `fixtures/v1`. */
export function goldenFiles(): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([["runner.pub.pem", Buffer.from(testKeys().runner.publicPem)]]);
  for (const [name, options] of Object.entries(GOOD_BUNDLES)) {
    for (const [path, bytes] of sealFiles(sampleTrial(options))) files.set(`good/${name}/${path}`, bytes);
  }
  for (const [name, bundle] of Object.entries(WITHHELD_BUNDLES)) {
    for (const [path, bytes] of bundle) files.set(`withheld/${name}/${path}`, bytes);
  }
  for (const bad of badCases()) {
    const folder = `bad/${caseName(bad)}`;
    if (files.has(`${folder}/expected.json`)) throw new Error(`two bad cases are named ${folder}`);
    files.set(
      `${folder}/expected.json`,
      Buffer.from(`${JSON.stringify({ code: bad.code, rule: bad.rule, file: bad.file })}\n`),
    );
    for (const [path, bytes] of bad.files) files.set(`${folder}/bundle/${path}`, bytes);
  }
  return files;
}
