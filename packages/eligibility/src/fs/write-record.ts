import type { KeyObject } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppendError, digestHex, sha256, signStatement, writeStrictBytes } from "@stage6/evidence-interface";
import { readWhole, syncPath, withFileLock, writeSynced } from "@stage6/evidence-interface/fs";
import { checkLedger } from "../ledger/check-ledger.ts";
import type { LedgerEntry } from "../ledger/ledger-entry.ts";
import type { DerivedRecord } from "../record/derive-record.ts";
import { addLedgerEntry } from "./append-ledger.ts";

/** A record as it was written. */
export interface WrittenRecord {
  readonly file: string;
  readonly entry: LedgerEntry;
}

const LEDGER = "ledger.jsonl";
const DRAFT = /^\.([0-9a-f]{64})\.draft$/;

/**
 * Writes a derived record below `eligibility/` and its ledger line, all of it while the ledger's lock is held. The signed
 * record waits under a draft's name until the ledger names it; a kill in between is made good by the next call, which
 * publishes or removes drafts before it does anything. Throws CLOCK_BEHIND for a record that is older than what it rests on or
 * than the last line of the ledger.
 */
export async function writeRecord(
  folder: string,
  { statement, draft, notBefore }: DerivedRecord,
  comparator: KeyObject,
): Promise<WrittenRecord | null> {
  return withFileLock(join(folder, LEDGER), async (opened) => {
    await settleDrafts(opened);
    if (statement === null || draft === null) return null;
    if (notBefore !== null && draft.recordedAt < notBefore)
      throw new AppendError(
        "CLOCK_BEHIND",
        `the clock says ${draft.recordedAt}, and what the record rests on was signed at ${notBefore}`,
      );
    const recordDigest = sha256(writeStrictBytes(statement));
    const hex = digestHex(recordDigest);
    try {
      await writeSynced(join(opened, draftName(hex)), signStatement(statement, comparator));
      await syncPath(opened);
      const entry = await addLedgerEntry(opened, LEDGER, { ...draft, recordDigest });
      await publish(opened, hex);
      return { file: join(folder, recordName(hex)), entry };
    } catch (error) {
      await settleDrafts(opened);
      throw error;
    }
  });
}

const draftName = (hex: string): string => `.${hex}.draft`;
const recordName = (hex: string): string => `${hex.slice(0, 16)}.dsse.json`;

/** Publishes drafts that the ledger names, and removes the others; the ledger's lock is held, so that no draft is one that is being written. */
async function settleDrafts(folder: string): Promise<void> {
  const bytes = await readWhole(join(folder, LEDGER));
  const { ledger } = checkLedger(bytes === null ? null : { path: LEDGER, bytes });
  if (ledger === null) throw new AppendError("LEDGER_BROKEN", "the ledger is broken");
  const named = new Set(ledger.entries.map(({ recordDigest }) => digestHex(recordDigest)));
  const names = await readdir(folder);
  for (const name of names) {
    const hex = DRAFT.exec(name)?.[1];
    if (hex === undefined) continue;
    if (named.has(hex) && !names.includes(recordName(hex))) await publish(folder, hex);
    else await rm(join(folder, name), { force: true });
  }
}

async function publish(folder: string, hex: string): Promise<void> {
  await rename(join(folder, draftName(hex)), join(folder, recordName(hex)));
  await syncPath(folder);
}
