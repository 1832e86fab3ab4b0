import { checkFiles, FINDING_CODES, sha256 } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { describe, expect, it } from "vitest";
import { originals } from "./bundle-mutator.ts";
import { BUNDLE_MUTATORS, makeMutants } from "./make-mutants.ts";
import { scoreMutants } from "./score-mutants.ts";
import { decidingRule } from "./weakened.ts";

/** Codes that only a disk can give. */
const OF_THE_DISK = ["UNREADABLE", "NOT_A_FILE", "ARTIFACT_EMPTY"];

describe("mutants of a bundle", () => {
  it("come from at least 140 classes, each named once", () => {
    const names = BUNDLE_MUTATORS.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(140);
    expect(new Set(names).size).toBe(names.length);
  });

  it("are made of bundles that are sound", () => {
    for (const { files, ref } of originals())
      expect(checkFiles(files, testKeys().trusted, ref).findings).toEqual([]);
  });

  it("are all refused with a code that their class predicts", () => {
    expect(scoreMutants(20_260_101, 600)).toEqual({ mutants: 600, refused: 600, survivors: [] });
  });

  it("are the same for the same seed", () => {
    const digests = (seed: number) =>
      [...makeMutants(seed, BUNDLE_MUTATORS.length)].map(({ mutant }) =>
        [...mutant.files].map(([path, bytes]) => `${path} ${sha256(bytes)}`).join(),
      );
    expect(digests(5)).toEqual(digests(5));
    expect(digests(5)).not.toEqual(digests(6));
  });

  it("are each let through by a checker without one single rule, so that every class can fail", () => {
    const deciding = new Map<string, string>();
    for (const { name, mutant } of makeMutants(7, BUNDLE_MUTATORS.length * 20)) {
      const rule = deciding.has(name) ? null : decidingRule(mutant);
      if (rule !== null) deciding.set(name, rule);
    }
    expect(BUNDLE_MUTATORS.map(({ name }) => name).filter((name) => !deciding.has(name))).toEqual([]);
    // Many rules decide, not one that refuses everything.
    expect(new Set(deciding.values()).size).toBeGreaterThan(50);
  });

  it("reach every finding code that needs no disk", () => {
    const codes = new Set<string>();
    for (const { mutant } of makeMutants(3, BUNDLE_MUTATORS.length * 2))
      for (const { code } of checkFiles(mutant.files, testKeys().trusted, mutant.expected).findings)
        codes.add(code);
    expect(FINDING_CODES.filter((code) => !codes.has(code) && !OF_THE_DISK.includes(code))).toEqual([]);
  });
});
