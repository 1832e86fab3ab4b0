import type { ProcessEnd } from "@stage6/lane-contract";

/** What a real run of a backend left behind, for the rules about translation. */
export interface LaneSample {
  /** What was recorded, for the reader of a finding. */
  readonly name: string;
  readonly workspace: string;
  /** Bytes of each stream by its name, in the order in which a runner hands them over. */
  readonly streams: Readonly<Record<string, Uint8Array>>;
  readonly end: ProcessEnd;
}
