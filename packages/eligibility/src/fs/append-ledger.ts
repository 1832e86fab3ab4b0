import { basename } from "node:path";
import { AppendError, readChainedLines, writeChainedLine } from "@stage6/evidence-interface";
import { checkLedger, nextLedgerEntry, type LedgerDraft } from "../ledger/check-ledger.ts";
import type { LedgerEntry } from "../ledger/ledger-entry.ts";
import { Revocation } from "../trust/revocation.ts";
import { appendLine, withFileLock } from "@stage6/evidence-interface/fs";

/** Adds one entry to eligibility/ledger.jsonl; throws LEDGER_BROKEN, LEDGER_BUSY, CLOCK_BEHIND, or ACCEPTANCE_REPLAY for an acceptance that stands there. */
export async function appendLedger(file: string, draft: LedgerDraft): Promise<LedgerEntry> {
  return withFileLock(file, (folder) => addLedgerEntry(folder, basename(file), draft));
}

/** {@link appendLedger} for who holds the ledger's lock. Throws CLOCK_BEHIND for an entry older than the last one. */
export async function addLedgerEntry(folder: string, name: string, draft: LedgerDraft): Promise<LedgerEntry> {
  let added: LedgerEntry | null = null;
  await appendLine(folder, name, (bytes) => {
    const { ledger, problems } = checkLedger(bytes === null ? null : { path: name, bytes });
    if (ledger === null) throw new AppendError("LEDGER_BROKEN", problems[0]?.message ?? "unreadable");
    if (ledger.entries.some((entry) => entry.acceptanceDigest === draft.acceptanceDigest))
      throw new AppendError(
        "ACCEPTANCE_REPLAY",
        `the acceptance ${draft.acceptanceDigest} stands in the ledger`,
      );
    const last = ledger.entries.at(-1);
    if (last !== undefined && last.recordedAt > draft.recordedAt)
      throw new AppendError(
        "CLOCK_BEHIND",
        `the clock says ${draft.recordedAt}, and the ledger was written at ${last.recordedAt}`,
      );
    added = nextLedgerEntry(ledger, draft);
    const line = writeChainedLine(added);
    const after = checkLedger({ path: name, bytes: Buffer.concat([bytes ?? Buffer.of(), line]) });
    if (after.ledger === null)
      throw new AppendError("LEDGER_BROKEN", `the entry does not follow: ${after.problems[0]?.rule ?? ""}`);
    return line;
  });
  if (added === null) throw new AppendError("LEDGER_BROKEN", "nothing was added");
  return added;
}

/** Adds one line to trust/revocations.jsonl and gives all of them; the file's first line has the kind `opened`. Throws TRUST_ROOT_UNSAFE for a broken file. */
export async function appendRevocation(
  file: string,
  draft: Pick<Revocation, "kind" | "id" | "revokedAt" | "reason">,
): Promise<readonly Revocation[]> {
  let lines: readonly Revocation[] = [];
  const append = (folder: string): Promise<void> =>
    appendLine(folder, basename(file), (bytes) => {
      const { before, line } = nextRevocation(bytes, draft);
      lines = [...before, line];
      return writeChainedLine(line);
    });
  await withFileLock(file, append);
  return lines;
}

function nextRevocation(
  bytes: Uint8Array | null,
  draft: Pick<Revocation, "kind" | "id" | "revokedAt" | "reason">,
): { readonly before: readonly Revocation[]; readonly line: Revocation } {
  const read = readChainedLines(Revocation, bytes ?? Buffer.of(), (line) => line);
  if (!read.ok) throw new AppendError("TRUST_ROOT_UNSAFE", `line ${read.line}: ${read.rule}`);
  if ((draft.kind === "opened") !== (read.lines.length === 0))
    throw new AppendError("TRUST_ROOT_UNSAFE", "the first line, and no other, has the kind opened");
  const line: Revocation = { schemaVersion: "1.0", seq: read.lines.length, previous: read.head, ...draft };
  return { before: read.lines, line };
}
