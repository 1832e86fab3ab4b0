import { randomBytes, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  deriveLaneResults,
  deriveProof,
  deriveVerdict,
  harnessIdOf,
  judgeDocuments,
  MAX_AGE_DAYS,
  type EligibilityCheck,
  type EligibilityDocuments,
} from "@stage6/eligibility";
import {
  digestHex,
  sha256,
  signStatement,
  writeStrictBytes,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import { appendJournal, assertJournal, rootLayout, writeNewFolder } from "@stage6/evidence-interface/fs";

/** A proof that was sealed, or the checks that stand in its way. */
export type SealedProof =
  | { readonly ok: true; readonly digest: Sha256; readonly challenge: string; readonly folder: string }
  | { readonly ok: false; readonly checks: readonly EligibilityCheck[] };

/** Checks that come after the proof, and so do not stand in its way. */
const LATER: readonly string[] = ["proof", "operator-acceptance", "records"];
const PROOF = "comparison.dsse.json";
const DAY_MS = 86_400_000;

/**
 * Seals the comparison proof of a gate: everything before it has to hold. Beside the proof lie the results of the lanes and
 * the verdict on the candidate. A proof that was sealed before stays; a new one has a challenge of its own.
 */
export async function sealProof(
  root: string,
  documents: EligibilityDocuments,
  now: Timestamp,
  comparator: KeyObject,
): Promise<SealedProof> {
  const { checks, sources } = judgeDocuments(documents, { now });
  const open = checks.filter(
    ({ id, verdict }) => !LATER.includes(id) && verdict !== "pass" && verdict !== "not-applicable",
  );
  const harness = harnessIdOf(documents.harness);
  if (open.length > 0 || sources === null || harness === null) return { ok: false, checks: open };
  const challenge = randomBytes(16).toString("hex");
  const expiresAt = new Date(Date.parse(now) + MAX_AGE_DAYS * DAY_MS).toISOString();
  const statement = deriveProof(sources, { challenge, finishedAt: now, expiresAt });
  const digest = sha256(writeStrictBytes(statement));
  const { comparison } = sources;
  const results = deriveLaneResults(comparison, sha256(writeStrictBytes(comparison)));
  const envelope = signStatement(statement, comparator);
  const files = new Map<string, Uint8Array>([
    [PROOF, envelope],
    ...results.map(
      (result, at) =>
        [
          `${comparison.lanes[at]?.lane ?? at}.test-result.dsse.json`,
          signStatement(result, comparator),
        ] as const,
    ),
    ["verdict.svr.dsse.json", signStatement(deriveVerdict(comparison, statement.subject, now), comparator)],
  ]);
  const folder = join(rootLayout(root).proofs, digestHex(digest));
  await assertJournal(root, now);
  const written = await writeNewFolder(root, folder, async (draft) => {
    for (const [name, bytes] of files) await writeFile(join(draft, name), bytes);
  });
  if (!written) throw new Error(`${folder} exists already`);
  const path = `proofs/${digestHex(digest)}/${PROOF}`;
  await appendJournal(
    root,
    [{ harness, kind: "proof", path, sha256: sha256(envelope), at: now }],
    comparator,
  );
  return { ok: true, digest, challenge, folder };
}
