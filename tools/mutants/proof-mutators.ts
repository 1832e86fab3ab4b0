import { sampleSelfTest, sampleStrictTrial, sealFiles } from "@stage6/evidence-interface/testing";
import { SELF_TEST_FILE, sha256, type BoundsSelfTest } from "@stage6/evidence-interface";
import type { BundleMutator, Mutant } from "./bundle-mutator.ts";
import type { Random } from "./random.ts";

const rowsOf = (test: BoundsSelfTest): NonNullable<BoundsSelfTest["before"]> => test.before ?? [];

/** A strict trial that claims to have prevented everything, on a self-test that does not show it. */
function unproven(
  name: string,
  weaken: (test: BoundsSelfTest, random: Random) => Partial<BoundsSelfTest> | null,
): BundleMutator {
  return {
    name,
    make: (_, random) => {
      const sound = sampleSelfTest();
      const change = weaken(sound, random);
      const trial = sampleStrictTrial(change === null ? null : { ...sound, ...change });
      return { files: sealFiles(trial), codes: ["OBSERVATION_DIVERGED"] };
    },
  };
}

/** A strict trial whose observation is edited before it is sealed. */
function strict(
  name: string,
  edit: (trial: ReturnType<typeof sampleStrictTrial>, random: Random) => ReturnType<typeof sampleStrictTrial>,
  follows: NonNullable<Mutant["follows"]> = [],
): BundleMutator {
  return {
    name,
    make: (_, random) => ({
      files: sealFiles(edit(sampleStrictTrial(), random)),
      codes: ["OBSERVATION_DIVERGED"],
      follows,
    }),
  };
}

/** Faults in what a bundle calls proven: the self-test of the strict bounds, sealed by the runner's key. */
export const PROOF_MUTATORS: readonly BundleMutator[] = [
  unproven("self-test-absent", () => null),
  unproven("self-test-half-run", (_, random) => (random.below(2) === 0 ? { before: null } : { after: null })),
  unproven("self-test-outside-the-bounds", () => ({ namespaces: null })),
  unproven("self-test-in-a-shared-namespace", (test, random) => {
    if (test.namespaces === null) return {};
    const { host, backend } = test.namespaces;
    const shared = random.pick(["ipc", "mnt", "net", "pid"] as const);
    return { namespaces: { host, backend: { ...backend, [shared]: host[shared] } } };
  }),
  unproven("self-test-probe-succeeded", (test, random) => {
    const at = 3 + random.below(rowsOf(test).length - 3);
    return { after: rowsOf(test).map((row, index) => (index === at ? { ...row, bounded: "ok" } : row)) };
  }),
  unproven("self-test-probe-impossible-anyway", (test, random) => {
    const at = random.below(rowsOf(test).length);
    return {
      before: rowsOf(test).map((row, index) => (index === at ? { ...row, unbounded: "EPERM" } : row)),
    };
  }),
  unproven("self-test-probe-dropped", (test, random) => ({
    before: rowsOf(test).toSpliced(random.below(rowsOf(test).length), 1),
  })),
  unproven("self-test-nothing-works", (test) => ({
    before: rowsOf(test).map((row) => ({ ...row, bounded: "EPERM" })),
  })),
  strict("self-test-of-another-digest", (trial, random) => ({
    ...trial,
    observation: {
      ...trial.observation,
      bounds: { ...trial.observation.bounds, evidence: sha256(random.bytes(32)) },
    },
  })),
  {
    name: "self-test-of-another-trial",
    make: (_, random) => {
      const trial = sampleStrictTrial();
      const known = trial.artifacts.get(SELF_TEST_FILE);
      if (known === undefined) return null;
      const text = Buffer.from(known.bytes).toString("utf8");
      const bytes = Buffer.from(text.replace(/"number":\d+/, `"number":${10 + random.below(900)}`));
      return {
        files: sealFiles({
          ...trial,
          artifacts: new Map([...trial.artifacts, [SELF_TEST_FILE, { ...known, bytes }]]),
          observation: {
            ...trial.observation,
            bounds: { ...trial.observation.bounds, evidence: sha256(bytes) },
          },
        }),
        codes: ["TRIAL_MISMATCH"],
      };
    },
  },
];
