import type { Id, Sha256 } from "@stage6/evidence-interface";
import type { CellComponent } from "./comparison.ts";
import type { Dimension } from "./dimension.ts";

/** One fixture in one dimension, one half of a lane's trials against the other; it never beats. */
export interface SelfCell {
  readonly fixture: Id;
  readonly dimension: Dimension;
  readonly verdict: "matches" | "inconclusive";
  readonly code: string | null;
  /** The components in which the halves differ. */
  readonly components: readonly CellComponent[];
}

/** One lane against itself: how much of a comparison is noise. It decides nothing about any lane. */
export interface SelfComparison {
  readonly schemaVersion: string;
  readonly plan: { readonly id: Id; readonly digest: Sha256 };
  readonly lane: Id;
  /** Trials of each half on each fixture. */
  readonly trialsPerHalf: number;
  /** Trials of each fixture that have no partner in the other half. */
  readonly leftOut: number;
  readonly cells: readonly SelfCell[];
  readonly verdict: "matches" | "inconclusive";
  readonly exitCode: 0 | 5;
  readonly activation: "none";
}
