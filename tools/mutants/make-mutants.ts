import { BORROW_MUTATORS } from "./borrow-mutators.ts";
import { originals, sameFiles, type BundleMutator, type Mutant } from "./bundle-mutator.ts";
import { DOCUMENT_MUTATORS } from "./document-mutators.ts";
import { LOG_MUTATORS } from "./log-mutators.ts";
import { PROOF_MUTATORS } from "./proof-mutators.ts";
import { Random } from "./random.ts";
import { SEAL_MUTATORS } from "./seal-mutators.ts";
import { TAMPER_MUTATORS } from "./tamper-mutators.ts";
import { WITHHELD_MUTATORS } from "./withheld-mutators.ts";

/** Every class of faults in one bundle. */
export const BUNDLE_MUTATORS: readonly BundleMutator[] = [
  ...TAMPER_MUTATORS,
  ...BORROW_MUTATORS,
  ...SEAL_MUTATORS,
  ...DOCUMENT_MUTATORS,
  ...LOG_MUTATORS,
  ...PROOF_MUTATORS,
  ...WITHHELD_MUTATORS,
];

/** Draws until a fault applies; more often than this means that the mutator is broken. */
const MAX_DRAWS = 100;

/** `count` mutants, the classes in turn, each differing from its original. The same seed gives the same mutants. */
export function* makeMutants(
  seed: number,
  count: number,
): Generator<{ readonly name: string; readonly mutant: Mutant }> {
  const random = new Random(seed);
  const sound = originals();
  for (let made = 0; made < count; made += 1) {
    const mutator = BUNDLE_MUTATORS[made % BUNDLE_MUTATORS.length];
    if (mutator === undefined) return;
    yield { name: mutator.name, mutant: draw(mutator, random) };
  }

  function draw(mutator: BundleMutator, source: Random): Mutant {
    for (let tries = 0; tries < MAX_DRAWS; tries += 1) {
      const original = source.pick(sound);
      const mutant = mutator.make(original, source);
      if (mutant === null) continue;
      if (mutant.expected !== undefined || !sameFiles(mutant.files, original.files)) return mutant;
    }
    throw new Error(`${mutator.name} makes no mutant`);
  }
}
