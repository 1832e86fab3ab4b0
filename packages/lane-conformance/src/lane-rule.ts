import type { Lane } from "@stage6/lane-contract";
import type { LaneSample } from "./lane-sample.ts";

/** A rule that every lane has to pass. */
export interface LaneRule {
  /** Stable name, kebab-case. */
  readonly id: string;
  /** What holds for a good lane, one sentence. */
  readonly statement: string;
  /** What breaks the rule, one sentence each; empty when it holds. */
  readonly check: (lane: Lane, samples: readonly LaneSample[]) => readonly string[];
  /** The lane with one fault, which `check` has to find: a rule that rejects nothing says nothing. */
  readonly broken: (lane: Lane) => Lane;
}
