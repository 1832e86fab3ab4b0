import type { KeyObject } from "node:crypto";
import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  ACCEPTANCE_STATEMENT,
  harnessIdOf,
  judgeDocuments,
  type Acceptance,
  type EligibilityCheck,
  type EligibilityDocuments,
  type ProofStatement,
} from "@stage6/eligibility";
import {
  digestHex,
  SCHEMA_VERSION,
  sha256,
  writeStrictBytes,
  type JournalPoint,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import { appendJournal, assertJournal, rootLayout, writeNewFile } from "@stage6/evidence-interface/fs";

/** A document with its detached signature. */
export interface SignedBytes {
  readonly document: Uint8Array;
  readonly signature: Uint8Array;
}

/** The proof that an acceptance would be about, or the checks that keep it from being one. */
export type AcceptableProof =
  | { readonly ok: true; readonly digest: Sha256; readonly statement: ProofStatement }
  | { readonly ok: false; readonly checks: readonly EligibilityCheck[] };

/** The proof in force of a gate; it has to hold before anybody is asked to sign it. */
export function acceptableProof(documents: EligibilityDocuments, now: Timestamp): AcceptableProof {
  const { proof, checks } = judgeDocuments(documents, { now });
  const open = checks.filter(({ id, verdict }) => ["trust", "proof"].includes(id) && verdict !== "pass");
  return proof === null || open.length > 0
    ? { ok: false, checks: open }
    : { ok: true, digest: proof.digest, statement: proof.statement };
}

/** The document that an operator signs; `journal` is how far the journal of the root went when it was shown. */
export function acceptanceOf(
  digest: Sha256,
  { predicate }: ProofStatement,
  operator: string,
  decision: Acceptance["decision"],
  acceptedAt: Timestamp,
  journal: JournalPoint,
): Acceptance {
  return {
    schemaVersion: SCHEMA_VERSION,
    type: "stage6-acceptance",
    proofDigest: digest,
    challenge: predicate.challenge,
    decision,
    operator,
    acceptedAt,
    journal,
    statement: ACCEPTANCE_STATEMENT,
  };
}

/** Bytes of an acceptance, as they are signed. */
export const acceptanceBytes = (acceptance: Acceptance): Uint8Array => writeStrictBytes(acceptance);

/** What became of an acceptance. */
export type RegisteredAcceptance =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly checks: readonly EligibilityCheck[] };

/** Registers a signed acceptance of a proof, also in the journal, whose line `journalKey` signs; a signature that does not hold is refused and not written, a signed rejection is written. */
export async function registerAcceptance(
  root: string,
  documents: EligibilityDocuments,
  proofDigest: Sha256,
  name: string,
  { document, signature }: SignedBytes,
  now: Timestamp,
  journalKey: KeyObject,
): Promise<RegisteredAcceptance> {
  const harness = harnessIdOf(documents.harness) ?? "";
  const file = join("acceptances", digestHex(proofDigest), `${name}.json`);
  const own = {
    document: { path: file, bytes: document },
    signature: { path: `${file}.sig`, bytes: signature },
  };
  const acceptances = new Map([...documents.acceptances, [proofDigest, [own]] as const]);
  const { checks } = judgeDocuments({ ...documents, acceptances }, { now, proofDigest });
  const check = checks.find(({ id }) => id === "operator-acceptance");
  if (check === undefined || (check.verdict !== "pass" && check.code !== "ACCEPTANCE_REJECTED"))
    return { ok: false, checks: check === undefined ? [] : [check] };
  const target = join(rootLayout(root).acceptances, digestHex(proofDigest), `${name}.json`);
  // The signature goes first: a document without one is a fault, a signature without a document is nothing, and is all
  // that a call leaves which was ended in between.
  await assertJournal(root, now);
  if (!(await isThere(target))) await rm(`${target}.sig`, { force: true });
  if ((await writeNewFile(root, `${target}.sig`, signature)) === "different") return taken(file);
  if ((await writeNewFile(root, target, document)) === "different") return taken(file);
  const entry = { harness, kind: "acceptance", path: file, sha256: sha256(document), at: now } as const;
  await appendJournal(root, [entry], journalKey);
  return { ok: true, file };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function taken(file: string): RegisteredAcceptance {
  const message = `${file} is there already; an acceptance is never written over`;
  return {
    ok: false,
    checks: [
      {
        id: "operator-acceptance",
        requirements: ["R40"],
        verdict: "fail",
        code: "ACCEPTANCE_REPLAY",
        message,
        evidence: [],
      },
    ],
  };
}
