import { FINDING_CODES, sha256 } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { originals } from "./bundle-mutator.ts";
import { judgeFiles } from "./judge-files.ts";
import { BUNDLE_MUTATORS, makeMutants } from "./make-mutants.ts";
import { scoreMutants } from "./score-mutants.ts";

/** Codes that only a disk can give. */
const OF_THE_DISK = ["UNREADABLE", "NOT_A_FILE", "ARTIFACT_EMPTY"];

describe("mutants of a bundle", () => {
  it("come from at least 80 classes, each named once", () => {
    const names = BUNDLE_MUTATORS.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(80);
    expect(new Set(names).size).toBe(names.length);
  });

  it("are made of bundles that are sound", () => {
    for (const { files, ref } of originals()) expect(judgeFiles(files, ref)).toEqual([]);
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

  it("would pass a checker without the check that their class is about and without what follows from it", () => {
    const passed = new Set<string>();
    for (const { name, mutant } of makeMutants(7, BUNDLE_MUTATORS.length * 8)) {
      if (passed.has(name)) continue;
      const ignored = new Set([...mutant.codes, ...(mutant.follows ?? [])]);
      const left = judgeFiles(mutant.files, mutant.expected).filter(({ code }) => !ignored.has(code));
      if (left.length === 0) passed.add(name);
    }
    expect(BUNDLE_MUTATORS.map(({ name }) => name).filter((name) => !passed.has(name))).toEqual([]);
  });

  it("reach every finding code that needs no disk", () => {
    const codes = new Set<string>();
    for (const { mutant } of makeMutants(3, BUNDLE_MUTATORS.length * 2))
      for (const { code } of judgeFiles(mutant.files, mutant.expected)) codes.add(code);
    expect(FINDING_CODES.filter((code) => !codes.has(code) && !OF_THE_DISK.includes(code))).toEqual([]);
  });
});
