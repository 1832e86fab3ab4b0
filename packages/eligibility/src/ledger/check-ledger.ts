import { SCHEMA_VERSION, type Sha256 } from "@stage6/evidence-interface";
import { readChainedLines } from "@stage6/evidence-interface";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { NO_AUTHORITY } from "../schema-parts.ts";
import { LedgerEntry } from "./ledger-entry.ts";

/** The ledger as it was read. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  /** Digest of the last line; null when the ledger is empty. */
  readonly head: Sha256 | null;
}

/** What a new line is about. */
export type LedgerDraft = Pick<
  LedgerEntry,
  "recordType" | "recordDigest" | "proofDigest" | "acceptanceDigest" | "revocations" | "recordedAt"
>;

const FILE = "eligibility/ledger.jsonl";

/** Reads the ledger: an unbroken chain in which no acceptance stands twice and time and revocations only grow. An absent file is an empty ledger. */
export function checkLedger(file: RawFile | null): {
  readonly ledger: Ledger | null;
  readonly problems: readonly Problem[];
} {
  if (file === null) return { ledger: { entries: [], head: null }, problems: [] };
  const broken = (rule: string, line: number, found?: string) => ({
    ledger: null,
    problems: [
      problemIn(FILE, "LEDGER_BROKEN", rule, `line ${line}: expected an unbroken append-only chain`, found),
    ],
  });
  const read = readChainedLines(LedgerEntry, file.bytes, (entry) => entry);
  if (!read.ok) return broken(read.rule, read.line);
  const seen = new Set<string>();
  for (const [at, entry] of read.lines.entries()) {
    const before = read.lines[at - 1];
    if (seen.has(entry.acceptanceDigest)) return broken("acceptance-twice", at + 1, entry.acceptanceDigest);
    seen.add(entry.acceptanceDigest);
    if (before !== undefined && before.recordedAt > entry.recordedAt)
      return broken("time", at + 1, entry.recordedAt);
    if (before !== undefined && before.revocations > entry.revocations)
      return broken("revocations", at + 1, String(entry.revocations));
  }
  return { ledger: { entries: read.lines, head: read.head }, problems: [] };
}

/** The next entry of a ledger. */
export function nextLedgerEntry({ entries, head }: Ledger, draft: LedgerDraft): LedgerEntry {
  return { schemaVersion: SCHEMA_VERSION, seq: entries.length, previous: head, ...draft, ...NO_AUTHORITY };
}
