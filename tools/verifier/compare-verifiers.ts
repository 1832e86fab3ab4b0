import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkFiles, type CheckedBundle, type TrialRef } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import type { Files, Mutant } from "../mutants/bundle-mutator.ts";
import { makeMutants } from "../mutants/make-mutants.ts";
import { runVerifier } from "./run-verifier.ts";

/** What one verifier says of a bundle: its state and every code, sorted. */
type Said = readonly string[];

/** How the two verifiers stand to each other over one run of mutants. */
export interface Agreement {
  readonly bundles: number;
  /** Both refuse, with exactly the same state and the same set of codes. */
  readonly agreed: number;
  /** The bundles that they judge apart, the first few. */
  readonly apart: readonly { readonly name: string; readonly ours: Said; readonly theirs: Said }[];
}

/** Bundles on disk at the same time. */
const BATCH = 500;
const MAX_APART = 50;

/** Has both verifiers judge seeded mutants, place and all; the second reads them from batches of folders below `folder`. */
export function compareVerifiers(folder: string, seed: number, count: number): Agreement {
  const key = join(folder, "runner.pub.pem");
  writeFileSync(key, testKeys().runner.publicPem);
  const apart: Agreement["apart"][number][] = [];
  let bundles = 0;
  let agreed = 0;
  let batch: { readonly name: string; readonly mutant: Mutant }[] = [];
  const judge = (): void => {
    for (const pair of judgeBatch(folder, key, batch)) {
      const same = pair.ours.join() === pair.theirs.join() && pair.ours[0] !== "complete";
      agreed += same ? 1 : 0;
      if (!same && apart.length < MAX_APART) apart.push(pair);
    }
    bundles += batch.length;
    batch = [];
  };
  for (const one of makeMutants(seed, count)) {
    batch.push(one);
    if (batch.length === BATCH) judge();
  }
  if (batch.length > 0) judge();
  return { bundles, agreed, apart };
}

function judgeBatch(
  folder: string,
  key: string,
  batch: readonly { readonly name: string; readonly mutant: Mutant }[],
): Agreement["apart"] {
  const temp = mkdtempSync(join(folder, "batch-"));
  try {
    const places = batch.map(({ mutant: { files, expected } }, at) => {
      writeFiles(join(temp, String(at)), files);
      return expected === undefined
        ? join(temp, String(at))
        : `${join(temp, String(at))}\t${textOf(expected)}`;
    });
    const { verdicts } = runVerifier(key, places);
    return batch.map(({ name, mutant }, at) => ({
      name,
      ours: said(checkFiles(mutant.files, testKeys().trusted, mutant.expected)),
      theirs: [verdicts[at]?.state ?? "", ...(verdicts[at]?.codes ?? [])],
    }));
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

function writeFiles(folder: string, files: Files): void {
  const made = new Set<string>();
  for (const [path, bytes] of files) {
    const parent = dirname(join(folder, path));
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(join(folder, path), bytes);
  }
}

const said = ({ state, findings }: CheckedBundle): Said => [
  state,
  ...[...new Set(findings.map(({ code }) => code))].toSorted(),
];

const textOf = ({ planId, lane, fixture, number }: TrialRef): string =>
  `${planId}/${lane}/${fixture}/${number}`;
