import { checkFiles } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { makeMutants } from "./make-mutants.ts";

/** A mutant that was not refused as its class predicts. */
export interface Survivor {
  readonly name: string;
  /** Number of the mutant in its run, from 0. */
  readonly at: number;
  readonly predicted: readonly string[];
  /** Codes that were found; none means accepted. */
  readonly found: readonly string[];
}

/** How a run went. */
export interface Score {
  readonly mutants: number;
  readonly refused: number;
  readonly survivors: readonly Survivor[];
}

/** Judges `count` mutants of one bundle; all in memory. */
export function scoreMutants(seed: number, count: number): Score {
  const survivors: Survivor[] = [];
  let at = 0;
  for (const { name, mutant } of makeMutants(seed, count)) {
    const { state, findings } = checkFiles(mutant.files, testKeys().trusted, mutant.expected);
    const found = [...new Set(findings.map(({ code }) => code))];
    // What was taken out and said so is refused as such; everything else is invalid, whatever codes it gives.
    if (state !== (mutant.state ?? "invalid") || !found.some((code) => mutant.codes.includes(code)))
      survivors.push({ name, at, predicted: mutant.codes, found });
    at += 1;
  }
  return { mutants: at, refused: at - survivors.length, survivors };
}
