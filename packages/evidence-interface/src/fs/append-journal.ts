import type { KeyObject } from "node:crypto";
import { basename, join } from "node:path";
import { AppendError } from "../append-error.ts";
import { writeChainedLine } from "../chained-lines.ts";
import { sha256 } from "../digest.ts";
import type { JournalEntry, JournalPoint } from "../journal/journal-entry.ts";
import {
  nextJournalEntry,
  readJournal,
  wentThrough,
  type JournalDraft,
  type ReadJournal,
} from "../journal/journal-line.ts";
import type { Timestamp } from "../primitives.ts";
import { appendLine, readWhole, withFileLock } from "./append-line.ts";
import { rootLayout } from "./layout.ts";

type SoundJournal = Extract<ReadJournal, { readonly ok: true }>;

/**
 * Adds a line for each document that has none yet, in this order, and gives the point that the journal reached. A document
 * is written before its line: a call that was cut short between the two is made good by making it again. `seen` is a point
 * that the journal went through when it was last looked at. Throws JOURNAL_BROKEN for a journal that is no chain,
 * JOURNAL_ROLLED_BACK for one that did not go through `seen`, CLOCK_BEHIND for a line older than the last one, LEDGER_BUSY
 * when another writer does not end.
 */
export async function appendJournal(
  root: string,
  drafts: readonly JournalDraft[],
  key: KeyObject,
  seen?: JournalPoint,
): Promise<JournalPoint> {
  const file = rootLayout(root).journal;
  return withFileLock(file, async (folder) => {
    const journal = await readSound(join(folder, basename(file)), seen);
    const isListed = (draft: JournalDraft): boolean =>
      journal.entries.some(({ path, sha256: digest }) => path === draft.path && digest === draft.sha256);
    const added = drafts.filter((draft) => !isListed(draft));
    if (added.length === 0) return journal.point;
    assertTime(journal.entries.at(-1), added);
    const { bytes, point } = journalLines(journal.point, added, key);
    await appendLine(folder, basename(file), () => bytes);
    return point;
  });
}

/** Throws what {@link appendJournal} would throw for a line of this time: asked before a document is written, so that none is left without a line. */
export async function assertJournal(root: string, at: Timestamp, seen?: JournalPoint): Promise<void> {
  const file = rootLayout(root).journal;
  await withFileLock(file, async (folder) => {
    const journal = await readSound(join(folder, basename(file)), seen);
    assertTime(journal.entries.at(-1), [{ at }]);
  });
}

async function readSound(file: string, seen: JournalPoint | undefined): Promise<SoundJournal> {
  const journal = readJournal((await readWhole(file)) ?? Buffer.of());
  if (!journal.ok)
    throw new AppendError("JOURNAL_BROKEN", `line ${journal.line} of the journal: ${journal.rule}`);
  if (seen === undefined || wentThrough(journal, seen)) return journal;
  throw new AppendError(
    "JOURNAL_ROLLED_BACK",
    `the journal of the root was cut or replaced: line ${seen.entries} is not the one that was seen here before`,
  );
}

/** The bytes of the next lines of a journal, and the point that they lead to. */
export function journalLines(
  from: JournalPoint,
  drafts: readonly JournalDraft[],
  key: KeyObject,
): { readonly bytes: Uint8Array; readonly point: JournalPoint } {
  let point = from;
  const lines = drafts.map((draft) => {
    const line = writeChainedLine(nextJournalEntry(point, draft, key));
    point = { entries: point.entries + 1, head: sha256(line.subarray(0, -1)) };
    return line;
  });
  return { bytes: Buffer.concat(lines), point };
}

function assertTime(last: JournalEntry | undefined, drafts: readonly Pick<JournalDraft, "at">[]): void {
  let before = last?.at ?? "";
  for (const { at } of drafts) {
    if (before > at)
      throw new AppendError("CLOCK_BEHIND", `the time is ${at}, and the journal was written at ${before}`);
    before = at;
  }
}
