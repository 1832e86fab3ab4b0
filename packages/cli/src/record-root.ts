import type { KeyObject } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import {
  checkLedger,
  deriveRecord,
  harnessIdOf,
  type EligibilityDecision,
  type EligibilityDocuments,
  type EvidenceSummary,
  type Grounds,
  type RecordType,
} from "@stage6/eligibility";
import { writeRecord } from "@stage6/eligibility/fs";
import { digestHex, readJournal, sha256, type Sha256, type Timestamp } from "@stage6/evidence-interface";
import { appendJournal, assertJournal, readWhole, rootLayout } from "@stage6/evidence-interface/fs";
import type { WrittenDocument } from "./journal-documents.ts";

/** What was recorded, or the decision that refused it. */
export type Recorded =
  | {
      readonly ok: true;
      readonly recordType: RecordType;
      readonly recordDigest: Sha256;
      readonly file: string;
      /** What the evidence shows beside the verdict, as the record states it. */
      readonly summary: EvidenceSummary;
      /** What the verdict rests on, as the record states it. */
      readonly grounds: Grounds;
    }
  | { readonly ok: false; readonly decision: EligibilityDecision };

/** Decides anew from raw documents, and writes the record and its line in the ledger when every check passes. Switches nothing on. */
export async function recordRoot(
  root: string,
  documents: EligibilityDocuments,
  now: Timestamp,
  comparator: KeyObject,
): Promise<Recorded> {
  await assertJournal(root, now);
  const derived = deriveRecord(documents, { now });
  const written = await writeRecord(rootLayout(root).eligibility, derived, comparator);
  if (written === null || derived.statement === null) return { ok: false, decision: derived.decision };
  const { recordType, recordDigest } = written.entry;
  const path = relative(root, written.file).split(sep).join("/");
  const bytes = await readFile(written.file);
  const harness = harnessIdOf(documents.harness) ?? "";
  await appendJournal(root, [{ harness, kind: "record", path, sha256: sha256(bytes), at: now }], comparator);
  const { summary, grounds } = derived.statement.predicate.stage6_record;
  return { ok: true, recordType, recordDigest, file: written.file, summary, grounds };
}

/** Records that stand in the ledger and not in the journal: a call that was cut short between the two left them. */
export async function unjournaledRecords(root: string): Promise<readonly WrittenDocument[]> {
  const layout = rootLayout(root);
  const names = await readdir(layout.eligibility).catch(() => []);
  const journal = readJournal((await readWhole(layout.journal)) ?? Buffer.of());
  const bytes = await readWhole(join(layout.eligibility, "ledger.jsonl"));
  const { ledger } = checkLedger(bytes === null ? null : { path: "eligibility/ledger.jsonl", bytes });
  if (!journal.ok || ledger === null) return [];
  const listed = new Set(journal.entries.map(({ path }) => path));
  // A record's name begins with the digest that its line in the ledger names.
  const named = new Set(
    ledger.entries.map(({ recordDigest }) => `${digestHex(recordDigest).slice(0, 16)}.dsse.json`),
  );
  const left = names.filter((name) => named.has(name) && !listed.has(`eligibility/${name}`));
  return Promise.all(
    left.map(async (name) => {
      const path = `eligibility/${name}`;
      return { kind: "record" as const, path, sha256: sha256((await readWhole(join(root, path))) ?? "") };
    }),
  );
}
