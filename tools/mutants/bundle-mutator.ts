import type { FindingCode, TrialRef } from "@stage6/evidence-interface";
import {
  sampleStrictTrial,
  sampleTrial,
  sealFiles,
  type SampleTrial,
  type SealFaults,
} from "@stage6/evidence-interface/testing";
import type { Random } from "./random.ts";

/** Files of a bundle by path. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A sound bundle that mutants are made of. */
export interface Original {
  readonly trial: SampleTrial;
  readonly ref: TrialRef;
  readonly files: Files;
}

/** A finding code, or one rule of it. */
export type FoundRule = FindingCode | `${FindingCode}/${string}`;

/** A bundle with one fault, and the codes its class predicts: a reader must give at least one of them. */
export interface Mutant {
  readonly files: Files;
  /** `withheld` where the bundle is one that says what was taken out, and is sound but never complete; else `invalid`. */
  readonly state?: "withheld";
  readonly codes: readonly FindingCode[];
  /** What may follow from the fault besides, by code or by rule: a line that cannot be read leaves a gap in the numbering, and so on. */
  readonly follows?: readonly FoundRule[];
  /** The trial that the folder stands for, when the fault is its place. */
  readonly expected?: TrialRef;
}

/** A class of faults. `make` gives null where the drawn fault does not apply to this original. */
export interface BundleMutator {
  readonly name: string;
  readonly make: (original: Original, random: Random) => Mutant | null;
}

const lanes = [
  {},
  { lane: "codex" },
  { lane: "codex", end: "failed-boundary" },
  { lane: "codex", end: "timed-out" },
  { lane: "fake", number: 2 },
  { lane: "codex", number: 3, statedUsage: true },
] as const;

/** The sound bundles that mutants are made of. */
export function originals(): readonly Original[] {
  return [...lanes.map((options) => sampleTrial(options)), sampleStrictTrial()].map((trial) => ({
    trial,
    ref: trial.observation.trial,
    files: sealFiles(trial),
  }));
}

/** A mutant sealed well around its fault, by the runner's own key. */
export function sealed(original: Original, codes: readonly FindingCode[], faults: SealFaults): Mutant {
  return { files: sealFiles(original.trial, faults), codes };
}

/** True when the mutant is its original after all, byte for byte: such a one does not count. */
export function sameFiles(a: Files, b: Files): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, bytes]) => Buffer.compare(bytes, b.get(path) ?? Buffer.of(0)) === 0) &&
    [...a.keys()].every((path) => b.has(path))
  );
}
