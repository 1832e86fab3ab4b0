import {
  parseStrictBytes,
  sha256,
  validateDocument,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import type { Static } from "typebox";
import { Acceptance } from "../acceptance/acceptance.ts";
import type { AcceptanceFiles } from "../acceptance/check-acceptance.ts";
import type { LedgerEntry } from "../ledger/ledger-entry.ts";
import { openStatement } from "../open-statement.ts";
import { problemIn, type Problem } from "../problem.ts";
import { ProofStatement } from "../proof/proof-statement.ts";
import type { RawFile } from "../raw-file.ts";
import { ACCEPTANCE_NAMESPACE } from "../trust/allowed-signers.ts";
import { checkSshSignature } from "../trust/check-ssh-signature.ts";
import { trustedKeysOf, type TrustRoot } from "../trust/trust-root.ts";
import type { EligibilityRecord, RehearsalRecord } from "./eligibility-record.ts";

/** Where a record has to come from. */
export interface RecordSources {
  readonly proofs: readonly RawFile[];
  readonly acceptances: ReadonlyMap<Sha256, readonly AcceptanceFiles[]>;
  readonly trust: TrustRoot;
  readonly now: Timestamp;
}

type AnyRecord = EligibilityRecord | RehearsalRecord;

/**
 * Whether a record follows from an operator's acceptance of a proof that is there: the key of the comparator alone makes
 * none. Gives RECORD_INVALID for each thing that the record says otherwise.
 */
export function followsAcceptance(
  file: string,
  { subject, predicate }: AnyRecord,
  entry: LedgerEntry,
  { proofs, acceptances, trust, now }: RecordSources,
): readonly Problem[] {
  const refused = (rule: string, expected: string, found: string): Problem[] => [
    problemIn(file, "RECORD_INVALID", rule, expected, found),
  ];
  const named = predicate.inputAttestations.find(({ uri }) => uri === "acceptance")?.digest.sha256;
  if (entry.acceptanceDigest !== `sha256:${named ?? ""}`)
    return refused(
      "acceptance",
      `the ledger has it for the acceptance ${entry.acceptanceDigest}`,
      named ?? "none",
    );
  const files = acceptances
    .get(entry.proofDigest)
    ?.find(({ document }) => sha256(document.bytes) === entry.acceptanceDigest);
  const json = files === undefined ? null : parseStrictBytes(files.document.bytes);
  const checked = json?.ok === true ? validateDocument(Acceptance, json.value) : null;
  if (files === undefined || checked?.ok !== true)
    return refused("unaccepted", "expected the acceptance that it rests on", entry.acceptanceDigest);
  const acceptance = checked.value;
  const { problems } = checkSshSignature(
    {
      file: files.document,
      signature: files.signature,
      namespace: ACCEPTANCE_NAMESPACE,
      principal: acceptance.operator,
      signedAt: acceptance.acceptedAt,
    },
    trust,
    now,
    "RECORD_INVALID",
  );
  if (
    problems.length > 0 ||
    acceptance.decision !== "accepted" ||
    acceptance.proofDigest !== entry.proofDigest
  )
    return refused("unaccepted", "expected an operator's acceptance of its proof", entry.acceptanceDigest);
  const proof = proofOf(entry.proofDigest, proofs, trust, now);
  if (proof === null) return refused("unproven", "expected the proof that it rests on", entry.proofDigest);
  const { candidate, operator, expiresAt, grounds, summary } = predicate.stage6_record;
  return [
    ...(operator === acceptance.operator ? [] : refused("operator", acceptance.operator, operator)),
    ...(JSON.stringify(subject) === JSON.stringify(proof.subject) && candidate === subject[0]?.name
      ? []
      : refused("candidate", proof.subject[0]?.name ?? "", candidate)),
    ...(JSON.stringify([grounds, summary]) ===
    JSON.stringify([proof.predicate.grounds, proof.predicate.summary])
      ? []
      : refused("grounds", "the grounds and the summary of its proof", "other ones")),
    ...(expiresAt <= proof.predicate.expiresAt
      ? []
      : refused("expiry", `at most that of its proof, ${proof.predicate.expiresAt}`, expiresAt)),
    ...(predicate.timeVerified >= acceptance.acceptedAt
      ? []
      : refused("time", `after the acceptance of ${acceptance.acceptedAt}`, predicate.timeVerified)),
  ];
}

function proofOf(
  digest: Sha256,
  proofs: readonly RawFile[],
  trust: TrustRoot,
  now: Timestamp,
): Static<typeof ProofStatement> | null {
  const keys = trustedKeysOf(trust, "comparator", now);
  for (const file of proofs) {
    const { signed } = openStatement(ProofStatement, file, keys, "RECORD_INVALID");
    if (signed?.digest === digest) return signed.statement;
  }
  return null;
}
