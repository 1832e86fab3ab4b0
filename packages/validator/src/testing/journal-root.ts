import type { KeyObject } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Id, JournalDraft, JournalKind, Timestamp } from "@stage6/evidence-interface";
import { readChainedLines, sha256 } from "@stage6/evidence-interface";
import { journalLines, listFiles } from "@stage6/evidence-interface/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import { Revocation } from "@stage6/eligibility";
import { KEYS } from "@stage6/eligibility/testing";
import { revocationDocuments } from "../journal/check-journal.ts";
import { ROOT_FILES } from "../root-files.ts";

/** Which files of a root are documents that count, in the order in which they come about; the time is of the samples. */
const KINDS: readonly { readonly kind: JournalKind; readonly path: RegExp; readonly at: Timestamp }[] = [
  { kind: "stage5", path: /^stage5\/[^/]+\.dsse\.json$/, at: "2025-12-31T00:00:00.000Z" },
  { kind: "admission", path: /^admissions\/[^/]+\/[^/]+\.dsse\.json$/, at: "2025-12-31T00:00:00.000Z" },
  { kind: "plan", path: /^plans\/[^/]+\.json$/, at: "2026-06-01T00:00:00.000Z" },
  { kind: "applicability", path: /^lanes\/[^/]+\/applicability\//, at: "2026-06-01T00:00:00.000Z" },
  {
    kind: "intent",
    path: /^attempts\/.*\/[0-9a-f-]{36}\.json$/,
    at: "2026-06-01T00:00:00.000Z",
  },
  { kind: "proof", path: /^proofs\/[^/]+\/comparison\.dsse\.json$/, at: "2026-06-03T00:00:00.000Z" },
  { kind: "acceptance", path: /^acceptances\/[^/]+\/[^/]+\.json$/, at: "2026-06-04T00:00:00.000Z" },
  { kind: "record", path: /^eligibility\/[^/]+\.dsse\.json$/, at: "2026-06-05T00:00:00.000Z" },
];

const keyOf = (kind: JournalKind): KeyObject =>
  kind === "proof" || kind === "record" ? KEYS.comparator : testKeys().runner.privateKey;

/** Writes the journal of a sample root as if everything that lies there had come by the tool; one that was there is written over. */
export async function writeSampleJournal(root: string, harness: Id = "sample"): Promise<void> {
  const { files } = await listFiles(root);
  const drafts: JournalDraft[] = [];
  for (const { kind, path: pattern, at } of KINDS)
    for (const path of files.filter((file) => pattern.test(file)).toSorted())
      drafts.push({ harness, kind, path, sha256: sha256(await readFile(join(root, path))), at });
  const revoked = readChainedLines(
    Revocation,
    await readFile(join(root, ROOT_FILES.revocations)),
    (line) => line,
  );
  if (revoked.ok)
    for (const document of revocationDocuments(revoked.lines))
      drafts.push({ harness, ...document, at: "2026-06-05T00:00:00.000Z" });
  let bytes: Uint8Array = Buffer.of();
  let point = { entries: 0, head: null as string | null };
  for (const draft of drafts) {
    const lines = journalLines(point, [draft], keyOf(draft.kind));
    bytes = Buffer.concat([bytes, lines.bytes]);
    point = lines.point;
  }
  await mkdir(dirname(join(root, ROOT_FILES.journal)), { recursive: true });
  await writeFile(join(root, ROOT_FILES.journal), bytes);
}
