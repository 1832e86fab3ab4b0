import type { KeyObject } from "node:crypto";
import type { HarnessRef, ModelRef, Sha256, TrialPlan, TrialRef } from "@stage6/evidence-interface";
import type { StrictDriver } from "@stage6/bounds";
import type { Lane } from "@stage6/lane-contract";
import type { Clock } from "./clock.ts";
import type { LocatedBackend } from "./locate-backend.ts";
import type { CheckSource } from "./source-check.ts";
import type { ProtectedTree } from "./protected-trees.ts";
import type { LoadedFixture } from "./read-fixture.ts";

/** A real model endpoint behind the gateway. */
export interface LiveEndpoint {
  readonly url: string;
  /** Header that carries the key; the gateway adds it, no lane ever sees it. */
  readonly apiKey: { readonly header: string; readonly value: string };
}

/** Everything one trial needs. */
export interface TrialSpec {
  /** Harness root, for attempts, staging and runs. */
  readonly root: string;
  readonly trial: TrialRef;
  readonly attemptId: string;
  readonly plan: TrialPlan;
  readonly planDigest: Sha256;
  readonly harness: HarnessRef;
  readonly lane: Lane;
  readonly backend: LocatedBackend;
  readonly backendVersion: string;
  readonly model: ModelRef;
  /** Looks at the backend's source before and after; left out when nobody asks. */
  readonly checkSource?: CheckSource;
  /** Null for scripted and model-less trials. */
  readonly endpoint: LiveEndpoint | null;
  /** The strict driver; needed exactly when the plan says `strict`. */
  readonly strict: StrictDriver | null;
  readonly fixture: LoadedFixture;
  /** Trees of the plan that have to stay as they are, with their places; none when left out. */
  readonly protectedTrees?: readonly ProtectedTree[];
  readonly key: KeyObject;
  readonly clock: Clock;
  /** Parent for scratch folders; the system's temp folder when absent. */
  readonly scratchParent?: string;
  /** Operator's interrupt: the trial is given up without a bundle and runs again next time. */
  readonly interrupt?: AbortSignal;
}
