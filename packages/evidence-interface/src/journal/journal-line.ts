import { sign, verify, type KeyObject } from "node:crypto";
import { readChainedLines } from "../chained-lines.ts";
import { keyId, preAuthEncoding } from "../dsse.ts";
import { sha256 } from "../digest.ts";
import { SCHEMA_VERSION } from "../primitives.ts";
import { writeStrictBytes } from "../strict-json.ts";
import { JournalEntry, type JournalPoint } from "./journal-entry.ts";

/** Type under which a line of the journal is signed; no other signature of this project can be taken for one. */
const ENTRY_TYPE = "application/vnd.stage6.journal-entry+json";

/** What is new in a line. */
export type JournalDraft = Pick<JournalEntry, "harness" | "kind" | "path" | "sha256" | "at">;

/** A journal whose lines form one chain; `heads[n]` is the digest of line n. Signatures are not checked yet. */
export type ReadJournal =
  | {
      readonly ok: true;
      readonly entries: readonly JournalEntry[];
      readonly heads: readonly JournalEntry["sha256"][];
      readonly point: JournalPoint;
    }
  | { readonly ok: false; readonly rule: string; readonly line: number };

/** Reads a journal: the chain, one harness, time that does not run backwards. No bytes are an empty journal. */
export function readJournal(bytes: Uint8Array): ReadJournal {
  const read = readChainedLines(JournalEntry, bytes, (entry) => entry);
  if (!read.ok) return read;
  for (const [at, entry] of read.lines.entries()) {
    const before = read.lines[at - 1];
    if (before === undefined) continue;
    if (before.harness !== entry.harness) return { ok: false, rule: "harness", line: at + 1 };
    if (before.at > entry.at) return { ok: false, rule: "time", line: at + 1 };
  }
  return {
    ok: true,
    entries: read.lines,
    heads: read.lines.map((entry, at) =>
      // Each line names the digest of the one before it.
      at + 1 === read.lines.length
        ? sha256(writeStrictBytes(entry))
        : (read.lines[at + 1]?.previous ?? sha256("")),
    ),
    point: { entries: read.lines.length, head: read.head },
  };
}

/** The next line of a journal, signed. */
export function nextJournalEntry(point: JournalPoint, draft: JournalDraft, key: KeyObject): JournalEntry {
  const unsigned = {
    schemaVersion: SCHEMA_VERSION,
    seq: point.entries,
    previous: point.head,
    ...draft,
    keyId: keyId(key),
  };
  return { ...unsigned, signature: sign(null, signedBytes(unsigned), key).toString("base64") };
}

/** Whether this key signed a line. */
export function isSignedBy(entry: JournalEntry, key: KeyObject): boolean {
  const { signature, ...unsigned } = entry;
  const bytes = Buffer.from(signature, "base64");
  // Base64 has several spellings of the same bytes: only the one that was written is taken.
  return bytes.toString("base64") === signature && verify(null, signedBytes(unsigned), key, bytes);
}

const signedBytes = (unsigned: Omit<JournalEntry, "signature">): Uint8Array =>
  preAuthEncoding(ENTRY_TYPE, writeStrictBytes(unsigned));

/** Whether a journal went through a point: it has that many lines or more, and the last of them is the same. */
export function wentThrough(
  { heads }: Extract<ReadJournal, { readonly ok: true }>,
  { entries, head }: JournalPoint,
): boolean {
  return entries === 0 ? head === null : heads[entries - 1] === head;
}
