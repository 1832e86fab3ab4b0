import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { testKeys } from "@stage6/evidence-interface/testing";
import { judgeFiles } from "../mutants/judge-files.ts";
import { makeMutants } from "../mutants/make-mutants.ts";
import { runVerifier } from "./run-verifier.ts";

/** How the two verifiers stand to each other over one batch. */
export interface Agreement {
  readonly bundles: number;
  /** Both accept or both refuse. */
  readonly sameVerdict: number;
  /** Both find exactly the same set of codes. */
  readonly sameCodes: number;
  /** The bundles with other codes. */
  readonly apart: readonly {
    readonly name: string;
    readonly ours: readonly string[];
    readonly theirs: readonly string[];
  }[];
}

/** Writes seeded mutants below `folder` and has both verifiers judge them; faults of a bundle's place are left out, for which the second has no word. */
export function compareVerifiers(folder: string, seed: number, count: number): Agreement {
  const key = join(folder, "runner.pub.pem");
  writeFileSync(key, testKeys().runner.publicPem);
  const cases = [...makeMutants(seed, count)]
    .filter(({ mutant }) => mutant.expected === undefined)
    .map(({ name, mutant }, at) => {
      const bundle = join(folder, String(at));
      for (const [path, bytes] of mutant.files) {
        mkdirSync(dirname(join(bundle, path)), { recursive: true });
        writeFileSync(join(bundle, path), bytes);
      }
      const ours = [...new Set(judgeFiles(mutant.files).map(({ code }) => code))].toSorted();
      return { name, bundle, ours };
    });
  const { verdicts } = runVerifier(
    key,
    cases.map(({ bundle }) => bundle),
  );
  const pairs = cases.map(({ name, ours }, at) => ({ name, ours, theirs: verdicts[at]?.codes ?? [] }));
  const apart = pairs.filter(({ ours, theirs }) => ours.join() !== theirs.join());
  return {
    bundles: pairs.length,
    sameVerdict: pairs.filter(({ ours, theirs }) => (ours.length === 0) === (theirs.length === 0)).length,
    sameCodes: pairs.length - apart.length,
    apart,
  };
}
