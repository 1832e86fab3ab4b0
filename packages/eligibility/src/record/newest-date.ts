import { parseStrictBytes, validateDocument, type Timestamp } from "@stage6/evidence-interface";
import type { EligibilityDocuments } from "../decide/documents.ts";
import type { JudgedDocuments } from "../decide/judge-documents.ts";
import { TrustStatement } from "../trust/trust-statement.ts";

/**
 * The newest date that a record rests on: of plan, proof, acceptance, admission, Stage 5, of the founder's word, of the last
 * revocation and of the last line of the ledger; null when none is known. A record that is dated before it was dated by a clock that is behind.
 */
export function newestDate(judged: JudgedDocuments, documents: EligibilityDocuments): Timestamp | null {
  const { proof, acceptance, admission, stage5, trust, ledger } = judged;
  const dates = [
    documents.comparison?.plan.createdAt,
    proof?.statement.predicate.finishedAt,
    acceptance?.acceptance.acceptedAt,
    admission?.statement.predicate.admittedAt,
    stage5?.statement.predicate.finishedAt,
    ...(trust?.revocations ?? []).map(({ revokedAt }) => revokedAt),
    foundedAt(documents),
    ledger?.entries.at(-1)?.recordedAt,
  ];
  return (
    dates
      .filter((date) => date !== undefined)
      .toSorted()
      .at(-1) ?? null
  );
}

/** When the founder signed the trust root. */
function foundedAt({ trust }: EligibilityDocuments): Timestamp | undefined {
  const json = parseStrictBytes(trust.root?.bytes ?? Buffer.of());
  const read = json.ok ? validateDocument(TrustStatement, json.value) : null;
  return read?.ok === true ? read.value.signedAt : undefined;
}
