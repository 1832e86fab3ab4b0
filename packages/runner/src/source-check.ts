import type { Sha256, TrialRef } from "@stage6/evidence-interface";

/** How the source of a backend stands at one moment. */
export interface SourceState {
  /** Digest of all that counts as its source; null when it cannot be read. */
  readonly digest: Sha256 | null;
  /** The look as a document, kept in the bundle as `artifacts/source-before.json` or `source-after.json`. */
  readonly document: Uint8Array;
  /** Why no trial may run on it, with a reason code (SCREAMING_SNAKE); null when one may. */
  readonly refusal: { readonly code: string; readonly detail: string } | null;
}

/**
 * Looks at the source of a backend, before and after a trial. A refusal before keeps the backend from being started;
 * another digest after is recorded as a change of a protected tree, and so is a violation. Whoever composes a run
 * decides what the source is and what is asked of it.
 */
export type CheckSource = (when: "before" | "after", trial: TrialRef) => Promise<SourceState>;
