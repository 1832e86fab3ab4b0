import type { TrustedKeys } from "./dsse.ts";
import type { EventLogSummary } from "./event-log-checker.ts";
import type { Finding } from "./finding.ts";
import type { Sha256, TrialRef } from "./primitives.ts";
import type { LogFacts } from "./report-fold.ts";

/** What a reader found in a bundle's folder; made by `./fs`, judged by `checkBundle`. */
export interface BundleInput {
  /** Every regular file, by relative path, hashed. */
  readonly files: ReadonlyMap<string, { readonly size: number; readonly sha256: Sha256 }>;
  /** Entries that are no regular files, and files that could not be read. */
  readonly findings: readonly Finding[];
  /** Bytes of the small documents that were there. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  /** Summary of events.jsonl, null when it was not there. */
  readonly events: EventLogSummary | null;
  readonly facts: LogFacts;
  readonly trusted: TrustedKeys;
  /** The trial that this folder stands for, when the caller knows; null accepts any. */
  readonly expected: TrialRef | null;
}
