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
  readonly runs: string;
  /** Private folder for trials that are not sealed yet; never evidence. */
  readonly staging: string;
  readonly comparisons: string;
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
    runs: join(root, "runs"),
    staging: join(root, "staging"),
    comparisons: join(root, "comparisons"),
  };
}

/** `<plan>/<lane>/<fixture>/<nnn>`: the derived id of a trial, also its folder below `runs` and `attempts`. */
export function trialPath(trial: TrialRef): string {
  return join(trial.planId, trial.lane, trial.fixture, String(trial.number).padStart(3, "0"));
}
