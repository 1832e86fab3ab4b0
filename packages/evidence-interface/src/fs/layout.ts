import { join } from "node:path";
import type { TrialRef } from "../primitives.ts";

/** Where each document of a harness root lies. Paths only; nothing is read or written. */
export interface RootLayout {
  readonly harness: string;
  readonly policy: string;
  readonly trustedKeys: string;
  readonly fixtures: string;
  readonly plans: string;
  readonly attempts: string;
  /** Lock of the process that runs trials; a process that was killed leaves it, and the next run takes it over. */
  readonly runLock: string;
  readonly runs: string;
  /** Private folder for trials that are not sealed yet; never evidence. */
  readonly staging: string;
  readonly comparisons: string;
  /** Signature of the policy, beside it. */
  readonly policySignature: string;
  readonly allowedSigners: string;
  readonly revocations: string;
  /** What the founder vouches for: keys and signers, by digest. */
  readonly trustRoot: string;
  readonly trustRootSignature: string;
  readonly lanes: string;
  readonly contracts: string;
  readonly stage5: string;
  readonly admissions: string;
  readonly matrix: string;
  readonly proofs: string;
  readonly acceptances: string;
  readonly eligibility: string;
  /** Every document that counts, in the order in which they came. */
  readonly journal: string;
}

/** Layout of the harness root at `root`. */
export function rootLayout(root: string): RootLayout {
  return {
    harness: join(root, "harness.json"),
    policy: join(root, "policy", "stage6.policy.json"),
    trustedKeys: join(root, "trust", "keys.json"),
    fixtures: join(root, "fixtures"),
    plans: join(root, "plans"),
    attempts: join(root, "attempts"),
    runLock: join(root, "attempts", "run.lock"),
    runs: join(root, "runs"),
    staging: join(root, "staging"),
    comparisons: join(root, "comparisons"),
    policySignature: join(root, "policy", "stage6.policy.json.sig"),
    allowedSigners: join(root, "trust", "allowed_signers"),
    revocations: join(root, "trust", "revocations.jsonl"),
    trustRoot: join(root, "trust", "root.json"),
    trustRootSignature: join(root, "trust", "root.json.sig"),
    lanes: join(root, "lanes"),
    contracts: join(root, "contracts"),
    stage5: join(root, "stage5"),
    admissions: join(root, "admissions"),
    matrix: join(root, "matrix"),
    proofs: join(root, "proofs"),
    acceptances: join(root, "acceptances"),
    eligibility: join(root, "eligibility"),
    journal: join(root, "journal", "journal.jsonl"),
  };
}

/** `<plan>/<lane>/<fixture>/<nnn>`: the derived id of a trial, also its folder below `runs` and `attempts`. */
export function trialPath(trial: TrialRef): string {
  return join(trial.planId, trial.lane, trial.fixture, String(trial.number).padStart(3, "0"));
}
