import type { KeyObject } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, sha256, signStatement, writeStrictBytes } from "@stage6/evidence-interface";
import { errorCode, syncPath } from "@stage6/evidence-interface/fs";
import { EligibilityError } from "../eligibility-error.ts";
import { checkLedger } from "../ledger/check-ledger.ts";
import type { LedgerEntry } from "../ledger/ledger-entry.ts";
import type { DerivedRecord } from "../record/derive-record.ts";
import { appendLedger } from "./append-ledger.ts";
import { readWhole } from "./append-line.ts";

/** A record as it was written. */
export interface WrittenRecord {
  readonly file: string;
  readonly entry: LedgerEntry;
}

const DRAFT = /^\.([0-9a-f]{64})\.draft$/;

/**
 * Writes a derived record below `eligibility/` and its ledger line. The signed record waits under a draft's name until the
 * ledger names it; a kill in between is made good by the next call, which {@link settleDrafts} before it does anything.
 */
export async function writeRecord(
  folder: string,
  { statement, draft }: DerivedRecord,
  comparator: KeyObject,
): Promise<WrittenRecord | null> {
  await mkdir(folder, { recursive: true });
  await settleDrafts(folder);
  if (statement === null || draft === null) return null;
  const recordDigest = sha256(writeStrictBytes(statement));
  const name = join(folder, `.${digestHex(recordDigest)}.draft`);
  const handle = await open(name, "wx", 0o644).catch((error: unknown) => {
    if (errorCode(error) === "EEXIST") throw new EligibilityError("LEDGER_BUSY", `${name} is being written`);
    throw error;
  });
  try {
    await handle.writeFile(signStatement(statement, comparator));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncPath(folder);
  try {
    const entry = await appendLedger(join(folder, "ledger.jsonl"), { ...draft, recordDigest });
    return { file: await publish(folder, digestHex(recordDigest)), entry };
  } catch (error) {
    await settleDrafts(folder);
    throw error;
  }
}

/** Publishes drafts that the ledger names, and removes the others. */
async function settleDrafts(folder: string): Promise<void> {
  const bytes = await readWhole(join(folder, "ledger.jsonl"));
  const { ledger } = checkLedger(bytes === null ? null : { path: "ledger.jsonl", bytes });
  if (ledger === null) throw new EligibilityError("LEDGER_BROKEN", "the ledger is broken");
  const named = new Set(ledger.entries.map(({ recordDigest }) => digestHex(recordDigest)));
  for (const entry of await readdir(folder)) {
    const hex = DRAFT.exec(entry)?.[1];
    if (hex === undefined) continue;
    if (named.has(hex)) await publish(folder, hex);
    else await rm(join(folder, entry), { force: true });
  }
}

async function publish(folder: string, hex: string): Promise<string> {
  const file = join(folder, `${hex.slice(0, 16)}.dsse.json`);
  await rename(join(folder, `.${hex}.draft`), file);
  await syncPath(folder);
  return file;
}
