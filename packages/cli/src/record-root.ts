import type { KeyObject } from "node:crypto";
import {
  deriveRecord,
  type EligibilityDecision,
  type EligibilityDocuments,
  type EvidenceSummary,
  type RecordType,
} from "@stage6/eligibility";
import { writeRecord } from "@stage6/eligibility/fs";
import type { Sha256, Timestamp } from "@stage6/evidence-interface";
import { rootLayout } from "@stage6/evidence-interface/fs";

/** What was recorded, or the decision that refused it. */
export type Recorded =
  | {
      readonly ok: true;
      readonly recordType: RecordType;
      readonly recordDigest: Sha256;
      readonly file: string;
      /** What the evidence shows beside the verdict, as the record states it. */
      readonly summary: EvidenceSummary;
    }
  | { readonly ok: false; readonly decision: EligibilityDecision };

/** Decides anew from raw documents, and writes the record and its line in the ledger when every check passes. Switches nothing on. */
export async function recordRoot(
  root: string,
  documents: EligibilityDocuments,
  now: Timestamp,
  comparator: KeyObject,
): Promise<Recorded> {
  const derived = deriveRecord(documents, { now });
  const written = await writeRecord(rootLayout(root).eligibility, derived, comparator);
  if (written === null || derived.statement === null) return { ok: false, decision: derived.decision };
  const { recordType, recordDigest } = written.entry;
  const { summary } = derived.statement.predicate.stage6_record;
  return { ok: true, recordType, recordDigest, file: written.file, summary };
}
